package dev.rlhf.learner;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.learner.ModelExport.Form;
import dev.rlhf.learner.ModelExport.NumberType;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.Shards;
import dev.rlhf.learner.files.TensorFile;
import dev.rlhf.learner.files.TensorFile.Raw;
import dev.rlhf.learner.files.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that give one score, as {@code AutoModelForSequenceClassification} writes and reads them. */
class RewardModelDirectoryTest {
    private final GoldenCase golden = GoldenCase.of("reward");

    @TempDir
    private Path folder;

    /** transformers 5.19 wrote the golden model; 4.x says the same in other words. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bothSpellingsGiveTheScoresOfTransformers(boolean older) throws IOException {
        Path model = model(json -> {
            if (older) {
                json.remove(List.of("dtype", "rope_parameters"));
                json.put("torch_dtype", "float32").put("rope_theta", 10_000.0).putNull("rope_scaling");
                json.put("problem_type", "regression").put("_name_or_path", "some/model");
            }
        });
        assertThat(ModelDirectory.of(model).scores()).isTrue();
        ModelDirectory.of(model).check();
        float[] scores = scores(model);
        GoldenCase.assertClose("scores", scores, golden.numbers("scores"), 1e-5);
        assertThat(scores).isEqualTo(scores(golden.directory()));
    }

    /** Half precision is what most of the Hub has; what counts is the rounded weight. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16", "F64"})
    void anyFormatIsRead(NumberFormat format) throws IOException {
        Path model = model(json -> json.put("dtype", "bfloat16"));
        Map<String, Raw> tensors = TensorFile.read(golden.directory().resolve(Checkpoint.FILE));
        tensors.replaceAll((name, raw) -> TensorFile.as(format, raw));
        TensorFile.write(model.resolve(Checkpoint.FILE), tensors);
        float[] stored = scores(model);
        TensorFile.write(model.resolve(Checkpoint.FILE), TensorFile.read(model.resolve(Checkpoint.FILE)));
        assertThat(scores(model)).isEqualTo(stored);
        GoldenCase.assertClose("scores", stored, golden.numbers("scores"), format == NumberFormat.F64 ? 1e-5 : 3e-2);
    }

    @Test
    void whatIsSavedAndExportedInShardsScoresTheSame() throws IOException {
        Path model = model(json -> json.put("problem_type", "regression"));
        Path saved = folder.resolve("saved");
        try (DjlNetwork network = open(model)) {
            network.save(saved);
        }
        Path exported = Files.createDirectories(folder.resolve("exported"));
        ModelExport.write(
                Checkpoint.ofDirectory(model), model, new Form(NumberType.FLOAT32, true), new Shards(4_000), exported);
        assertThat(exported.resolve(Checkpoint.INDEX)).exists();
        assertThat(exported.resolve(Checkpoint.FILE)).doesNotExist();
        for (Path written : List.of(saved, exported)) {
            assertThat(scores(written)).isEqualTo(scores(golden.directory()));
            JsonNode config = JsonFile.read(written.resolve("config.json"));
            assertThat(config.path("architectures").get(0).asText()).isEqualTo("LlamaForSequenceClassification");
            assertThat(config.path("id2label")).hasSize(1);
            assertThat(config.path("torch_dtype").asText()).isEqualTo("float32");
        }
    }

    /** Made by tools/golden/scored_token.py. */
    @Test
    void paddingAtTheEndIsPassedOverAsInTransformers() throws Exception {
        Path cases = Path.of(Objects.requireNonNull(getClass().getResource("/golden/scored_token.json"))
                .toURI());
        for (JsonNode one : JsonFile.read(cases)) {
            Path model = model(json -> json.set("pad_token_id", one.path("pad")));
            int[] tokens = new int[one.path("tokens").size()];
            Arrays.setAll(tokens, i -> one.path("tokens").get(i).asInt());
            for (int prompt = 1; prompt <= tokens.length; prompt++) {
                try (DjlNetwork network = open(model)) {
                    float[][] found = network.values(List.of(new TokenSequence(tokens, prompt)));
                    assertThat((double) found[0][0])
                            .as(one.toString())
                            .isCloseTo(one.path("score").asDouble(), within(1e-5));
                }
            }
        }
    }

    @Test
    void paddingThatIsNoTokenIsRefused() throws IOException {
        Path model = model(json -> json.put("pad_token_id", "<pad>"));
        assertRefused(() -> open(model).close(), model.resolve("config.json") + ": pad_token_id must be a token id");
        assertThat(scores(model(json -> json.put("pad_token_id", -1)))).isEqualTo(scores(golden.directory()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3})
    void moreThanOneLabelIsRefused(int labels) throws IOException {
        Path model = model(json -> json.remove(List.of("id2label", "label2id")));
        Path file = model.resolve(Checkpoint.FILE);
        Map<String, Raw> tensors = TensorFile.read(file);
        Raw score = Objects.requireNonNull(tensors.get("score.weight"));
        byte[] bytes = Arrays.copyOf(score.bytes(), labels * score.bytes().length);
        tensors.put("score.weight", new Raw("F32", new long[] {labels, score.shape()[1]}, bytes));
        TensorFile.write(file, tensors);
        String sentence = file + ": score.weight tells " + labels + " labels apart";
        assertRefused(() -> ModelDirectory.of(model).check(), sentence);
        assertRefused(() -> open(model).close(), sentence);
        Path exported = Files.createDirectories(folder.resolve("exported"));
        assertRefused(
                () -> ModelExport.write(
                        Checkpoint.ofDirectory(model), model, new Form(NumberType.FLOAT32, false), exported),
                sentence);
    }

    private Path model(Consumer<ObjectNode> change) throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.copy(golden.directory().resolve(Checkpoint.FILE), model.resolve(Checkpoint.FILE), REPLACE_EXISTING);
        ObjectNode json =
                JsonFile.read(golden.directory().resolve("config.json")).deepCopy();
        change.accept(json);
        JsonFile.write(model.resolve("config.json"), json);
        TokenizerFiles.characters("abc", model);
        return model;
    }

    private float[] scores(Path model) {
        try (DjlNetwork network = open(model)) {
            float[][] values = network.values(golden.rows());
            float[] scores = new float[values.length];
            for (int row = 0; row < scores.length; row++) {
                scores[row] = values[row][0];
            }
            return scores;
        }
    }

    private static DjlNetwork open(Path model) {
        return DjlNetwork.open(new NetworkSettings(model.toString(), Head.REWARD, 100, 1, new Seed(9)));
    }

    private static void assertRefused(ThrowingCallable action, String named) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(named);
    }
}
