package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Device;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.learner.files.BatchDump;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.TensorFile;
import dev.rlhf.learner.files.TensorFile.Raw;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchDumpTest {
    private static final float[][] NONE = {};

    private final GoldenCase golden = GoldenCase.of("untied");

    @TempDir
    private Path directory;

    @Test
    void aPlantedNumberIsFoundInTheFileThatTheSentenceNames() {
        float[][] poison = golden.ragged("by_log_prob");
        poison[2][1] = Float.NaN;
        List<Experience> rows = new ArrayList<>(golden.batch(1).rows());
        rows.replaceAll(row -> row.with(Input.ADVANTAGES, new float[row.mask().length]));
        TrainingBatch batch = new TrainingBatch(rows, 0.7, 1);
        Path file = directory.resolve("diverged-batch.json");
        try (DjlLearner learner = open(golden.directory(), file)) {
            learner.update(batch, FixedCoefficients.likelihood(batch));
            assertThat(file).doesNotExist();
            assertThatThrownBy(() -> learner.update(batch, FixedCoefficients.ofPolicy(poison, NONE)))
                    .isInstanceOfSatisfying(
                            RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.DIVERGED))
                    .hasMessageMatching(
                            "optimiser step 2 has loss NaN and .*; the weights are unchanged; its batch is in .*json")
                    .hasMessageEndingWith(file.toString());
        }
        JsonNode json = JsonFile.read(file);
        assertThat(json.path("optimiser_step").asInt()).isEqualTo(2);
        assertThat(json.path("temperature").asDouble()).isEqualTo(0.7);
        assertThat(json.path("loss").asText()).isEqualTo("NaN");
        assertThat(json.path("gradient_norm").asText()).isEqualTo("NaN");
        assertThat(json.path("first_row").asInt(-1)).isEqualTo(2);
        assertThat(json.path("failure").asText()).startsWith("optimiser step 2");
        assertThat(json.path("rows")).hasSize(4);
        JsonNode row = json.path("rows").get(2);
        assertThat(row.path("tokens"))
                .isEqualTo(golden.json().path("rows").get(2).path("tokens"));
        assertThat(row.path("prompt_length").asInt()).isEqualTo(7);
        assertThat(row.path("trained")).hasSize(5);
        assertThat(row.path("label").asText()).isEqualTo("none");
        assertThat(row.path("inputs").path("advantages")).hasSize(5);
        assertThat(row.path("said").path("log_probs")).hasSize(5);
        assertThat(row.path("said").path("log_probs").get(0).asDouble()).isNegative();
        assertThat(row.path("asked").path("log_probs").get(1).asText()).isEqualTo("NaN");
        assertThat(row.path("asked").path("log_probs").get(0).floatValue()).isEqualTo(poison[2][0]);
    }

    @Test
    void whatTheNetworkSaysIsKeptWhenThatIsNotFinite() throws IOException {
        Path model = Files.createDirectories(directory.resolve("model"));
        Files.copy(golden.directory().resolve("config.json"), model.resolve("config.json"));
        Map<String, Raw> tensors = TensorFile.read(golden.directory().resolve("model.safetensors"));
        ByteBuffer.wrap(Objects.requireNonNull(tensors.get("model.norm.weight")).bytes())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0, Float.MAX_VALUE);
        TensorFile.write(model.resolve("model.safetensors"), tensors);
        TrainingBatch batch = golden.batch(1);
        Path file = directory.resolve("diverged-batch.json");
        try (DjlLearner learner = open(model, file)) {
            assertThatThrownBy(() -> learner.update(batch, FixedCoefficients.likelihood(batch)))
                    .hasMessageContaining("instead of a finite number")
                    .hasMessageEndingWith("its batch is in " + file);
        }
        JsonNode json = JsonFile.read(file);
        assertThat(json.path("first_row").isInt()).isTrue();
        JsonNode row = json.path("rows").get(json.path("first_row").asInt());
        assertThat(row.path("said").path("log_probs").get(0).asText()).isEqualTo("NaN");
        assertThat(row.has("asked")).isFalse();
    }

    @Test
    void aFaultOfTheBackwardPassIsInNoRow() {
        TrainingBatch batch = golden.batch(1);
        Path file = directory.resolve("diverged-batch.json");
        BatchDump dump = new BatchDump(file.toString(), 7, batch);
        dump.said(0, TokenOutputs.ofValues(new float[][] {{1}, {2}}));
        dump.asked(2, new TokenGradients(1, NONE, NONE, new float[][] {{3}, {4}}, Map.of(), Map.of()));
        dump.sum(1, Double.POSITIVE_INFINITY);
        assertThatThrownBy(() -> dump.around(() -> {
                    throw RlhfException.diverged("no");
                }))
                .hasMessage("no; its batch is in " + file);
        JsonNode json = JsonFile.read(file);
        assertThat(json.path("first_row").isNull()).isTrue();
        assertThat(json.path("gradient_norm").asText()).isEqualTo("Infinity");
        assertThat(json.path("rows").get(1).path("said").path("values").get(0).asInt())
                .isEqualTo(2);
        assertThat(json.path("rows").get(1).has("asked")).isFalse();
        assertThat(json.path("rows").get(3).path("asked").path("values").get(0).asInt())
                .isEqualTo(4);
    }

    @Test
    void otherFailuresPassAndAFileThatCannotBeWrittenHidesNothing() {
        TrainingBatch batch = golden.batch(1);
        BatchDump dump = new BatchDump(directory.resolve("none/batch.json").toString(), 1, batch);
        RlhfException user = RlhfException.user("mine");
        assertThat(catchThrowableOfType(
                        RlhfException.class,
                        () -> dump.around(() -> {
                            throw user;
                        })))
                .isSameAs(user);
        assertThatThrownBy(() -> dump.around(() -> {
                    throw RlhfException.diverged("no");
                }))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.DIVERGED))
                .hasMessageStartingWith("no; its batch could not be kept: cannot write ");
        assertThatThrownBy(() -> new BatchDump(null, 1, batch).around(() -> {
                    throw RlhfException.diverged("no");
                }))
                .hasMessage("no");
    }

    private static DjlLearner open(Path model, Path file) {
        NetworkSettings settings = new NetworkSettings(
                model.toString(),
                Head.LANGUAGE_MODEL,
                13,
                2,
                new Seed(1),
                false,
                false,
                false,
                Precision.FLOAT32,
                Device.CPU,
                file.toString());
        return DjlLearner.open(settings, GoldenCase.OPTIMISER, 10);
    }
}
