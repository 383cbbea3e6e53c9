package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.Companions;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.TensorFile;
import dev.rlhf.learner.files.TensorFile.Raw;
import dev.rlhf.learner.files.TokenizerFiles;
import dev.rlhf.learner.model.LlamaShape;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.ModelInitialiser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of a given model, and what a saved one has. */
class ModelDirectoryTest {
    private static final int VOCABULARY = 258;

    @TempDir
    private Path folder;

    private Path source = Path.of("");

    @BeforeEach
    void make() {
        source = make("source", VOCABULARY);
    }

    private Path make(String name, int vocabulary) {
        Path directory = folder.resolve(name);
        TokenizerFiles.bytes(directory);
        ModelInitialiser.random(
                new LlamaShape(vocabulary, 8, 1, 2, 1, 4, 12, 64, RotaryEmbedding.of(10_000), 1e-6, true, List.of(0))
                        .toJson(),
                new Seed(1),
                directory);
        return directory;
    }

    @Test
    void whatBelongsToAModelTravelsAndWhatDoesNotStays() throws IOException {
        List<String> belongs = List.of(
                "chat_template.jinja",
                "tokenizer.model",
                "vocab.json",
                "merges.txt",
                "added_tokens.json",
                "special_tokens_map.json",
                "generation_config.json",
                "preprocessor_config.json",
                "LICENSE");
        for (String name : belongs) {
            Files.writeString(source.resolve(name), name.endsWith("json") ? "{}" : name);
        }
        for (String name : List.of(
                "pytorch_model.bin",
                "model.gguf",
                "train.jsonl",
                ".hidden",
                "manifest.json",
                "optimizer.pt",
                "x.onnx")) {
            Files.writeString(source.resolve(name), name);
        }
        Files.createDirectories(source.resolve("original"));
        saved();
        List<String> all = Stream.concat(
                        belongs.stream(),
                        Stream.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"))
                .sorted()
                .toList();
        try (Stream<Path> files = Files.list(folder.resolve("saved"))) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactlyElementsOf(all);
        }
        for (String name : belongs) {
            assertThat(folder.resolve("saved").resolve(name)).hasSameBinaryContentAs(source.resolve(name));
        }
    }

    /** Without a word on it, a run would stop at its first step and blame the learning rate. */
    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.NEGATIVE_INFINITY})
    void weightsThatAreNotFiniteAreRefusedByName(float broken) throws IOException {
        Path file = source.resolve(Checkpoint.FILE);
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - Float.BYTES, broken);
        Files.write(file, bytes);
        NetworkSettings settings = new NetworkSettings(source.toString(), Head.LANGUAGE_MODEL, 100, 1, new Seed(1));
        assertThatThrownBy(() -> DjlNetwork.open(settings))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageStartingWith(file + ": numbers of model.norm.weight are not finite");
    }

    @Test
    void copyingOntoItselfChangesNothing() {
        assertThatCode(() -> Companions.copy(source, source.resolve(".."))).doesNotThrowAnyException();
        assertThatCode(() -> Companions.copy(source, source)).doesNotThrowAnyException();
        assertThat(source.resolve("tokenizer.json")).exists();
    }

    @Test
    void keysOfTheConfigurationStayAndBothSpellingsOfRotaryAgree() throws IOException {
        ObjectNode json = JsonFile.read(source.resolve(ModelConfig.FILE)).deepCopy();
        json.put("some_key", "kept");
        json.putObject("rope_parameters").put("rope_type", "default").put("rope_theta", 500_000);
        json.putObject("rope_scaling").put("type", "linear").put("factor", 2.0);
        json.remove("rope_theta");
        JsonFile.write(source.resolve(ModelConfig.FILE), json);
        ModelConfig before = ModelConfig.read(source);
        saved();
        ObjectNode after =
                JsonFile.read(folder.resolve("saved").resolve(ModelConfig.FILE)).deepCopy();
        assertThat(after.path("some_key").asText()).isEqualTo("kept");
        assertThat(after.path("rope_parameters")).isEqualTo(after.path("rope_scaling"));
        assertThat(after.path("rope_theta").asDouble()).isEqualTo(10_000);
        assertThat(ModelConfig.read(folder.resolve("saved"))).isEqualTo(before);
    }

    @Test
    void aModelStoredUnderTheHeadsNameIsSavedUnderTheEmbeddings() throws IOException {
        Path file = source.resolve(Checkpoint.FILE);
        Map<String, Raw> tensors = new LinkedHashMap<>(TensorFile.read(file));
        tensors.put("lm_head.weight", Objects.requireNonNull(tensors.remove("model.embed_tokens.weight")));
        TensorFile.write(file, tensors);
        saved();
        assertThat(TensorFile.read(folder.resolve("saved").resolve(Checkpoint.FILE)))
                .containsKey("model.embed_tokens.weight")
                .doesNotContainKey("lm_head.weight");
    }

    @ParameterizedTest
    @ValueSource(ints = {VOCABULARY, VOCABULARY + 1, 300})
    void everyTokenHasARow(int rows) {
        assertThatCode(() -> ModelDirectory.of(make("roomy" + rows, rows)).check())
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, VOCABULARY - 1})
    void aTokenWithoutARowIsRefusedWithBothNumbers(int rows) {
        Path narrow = make("narrow", rows);
        assertUserError(
                narrow,
                narrow.resolve("tokenizer.json").toString(),
                narrow.resolve("config.json").toString(),
                "up to " + (VOCABULARY - 1),
                "is " + rows);
    }

    @Test
    void weightsThatDoNotFitAreFoundByTheirHeaders() throws IOException {
        Path file = source.resolve(Checkpoint.FILE);
        Map<String, Raw> tensors = new LinkedHashMap<>(TensorFile.read(file));
        tensors.remove("model.norm.weight");
        TensorFile.write(file, tensors);
        assertUserError(source, "model.norm.weight");
        Files.delete(file);
        assertUserError(source, Checkpoint.FILE, Checkpoint.INDEX);
    }

    private void saved() {
        try (DjlNetwork network =
                DjlNetwork.open(new NetworkSettings(source.toString(), Head.LANGUAGE_MODEL, 100, 1, new Seed(1)))) {
            network.save(folder.resolve("saved"));
        }
    }

    private static void assertUserError(Path directory, String... named) {
        assertThatThrownBy(() -> ModelDirectory.of(directory).check())
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContainingAll(named);
    }
}
