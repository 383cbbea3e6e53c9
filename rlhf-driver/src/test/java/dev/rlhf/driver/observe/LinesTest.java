package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.run.Sample;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.driver.checkpoint.RunDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code metrics.jsonl}, {@code evaluations.jsonl} and {@code samples.jsonl}. */
class LinesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @Test
    void aLineHasTheKeysOfTheContract() throws IOException {
        lines().stepDone(step(7, 0.25));
        JsonNode line = lines(metrics()).get(0);
        assertThat(line.fieldNames())
                .toIterable()
                .containsExactly(
                        "stage",
                        "step",
                        "run_step",
                        "weight_version",
                        "reward_mean",
                        "kl",
                        "entropy",
                        "loss",
                        "grad_norm",
                        "tokens",
                        "clip_fraction",
                        "time_generate_s",
                        "time_score_s",
                        "time_update_s",
                        "time_sync_s",
                        "time_step_s");
        assertThat(line.path("stage").asText()).isEqualTo("grpo");
        assertThat(line.path("step").asInt()).isEqualTo(7);
        assertThat(line.path("run_step").asInt()).isEqualTo(107);
        assertThat(line.path("weight_version").asText()).isEqualTo("v000009");
        assertThat(line.path("reward_mean").asDouble()).isEqualTo(0.25);
        assertThat(line.path("kl").isNull()).isTrue();
        assertThat(line.path("tokens").toString()).isEqualTo("512");
        assertThat(line.path("time_generate_s").asDouble()).isEqualTo(0.5);
        assertThat(line.path("time_sync_s").asDouble()).isZero();
    }

    @Test
    void equalStepsWriteEqualLinesButForTheTime() throws IOException {
        RunLines log = lines();
        log.stepDone(step(1, 0.1));
        log.stepDone(step(1, 0.1));
        List<String> written = Files.readAllLines(metrics());
        assertThat(written.get(0)).isEqualTo(written.get(1));
    }

    @Test
    void aRunThatGoesBackSaysItsStepsAgain() throws IOException {
        RunLines log = lines();
        for (int step = 1; step <= 4; step++) {
            log.stepDone(step(step, step));
        }
        log.rewound(102, Set.of());
        assertThat(lines(metrics()))
                .extracting(line -> line.path("run_step").asInt())
                .containsExactly(101, 102);
        assertThat(lines(samples()))
                .extracting(line -> line.path("run_step").asInt())
                .containsExactly(101, 101, 102, 102);
        log.stepDone(step(3, 3));
        assertThat(lines(metrics()))
                .extracting(line -> line.path("step").asInt())
                .containsExactly(1, 2, 3);
        log.rewound(0, Set.of());
        assertThat(metrics()).isEmptyFile();
    }

    @Test
    void aLineHalfWrittenWhenTheProcessDiedIsCutOff() throws IOException {
        RunLines log = lines();
        log.stepDone(step(1, 1));
        log.stepDone(step(2, 1));
        byte[] whole = Files.readAllBytes(samples());
        int umlaut = new String(whole, StandardCharsets.ISO_8859_1).lastIndexOf('\u00c3');
        for (int length : new int[] {whole.length - 1, whole.length - 20, umlaut + 1}) {
            Files.write(samples(), Arrays.copyOf(whole, length));
            lines().rewound(102, Set.of());
            // A whole line whose end of line alone is missing is kept, everything less is not.
            int kept = length == whole.length - 1 ? 4 : 3;
            assertThat(lines(samples())).hasSize(kept);
            assertThat(Files.readString(samples())).endsWith("}\n");
        }
    }

    @Test
    void samplesAreWrittenAsTheyAre() throws IOException {
        lines().stepDone(step(1, 0.5));
        JsonNode line = lines(samples()).get(0);
        assertThat(line.path("prompt").asText()).isEqualTo("größe \"漢\"\n");
        assertThat(line.path("response").asText()).isEqualTo("a");
        assertThat(line.path("reward").asDouble()).isEqualTo(0.5);
        assertThat(line.path("pick").asText()).isEqualTo("first");
        assertThat(line.path("expected").asText()).isEqualTo("ä");
        assertThat(line.path("components").toString()).isEqualTo("{\"exact-match\":0.25}");
        assertThat(lines(samples()).get(1).path("expected").isNull()).isTrue();
    }

    @Test
    void aDiskThatRefusesIsNamedWithTheWayOn() {
        RunLines log = new RunLines(new RunDirectory(directory.resolve("missing")));
        assertThatThrownBy(() -> log.stepDone(step(1, 1)))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                .hasMessageContaining("missing/metrics.jsonl")
                .hasMessageContaining("make room or mend the disk");
    }

    @Test
    void whatWasMeasuredBeforeAStageBelongsToItsFirstStep() throws IOException {
        Path file = directory.resolve("evaluations.jsonl");
        RunLines log = lines();
        for (int step : List.of(0, 2, 4)) {
            Evaluation evaluation = new Evaluation(
                    step, new WeightVersion(3), Map.of("eval_loss", 2.0, "eval_accuracy", 0.5), List.of());
            log.evaluated(new StageEvaluation("sft", 100 + step, evaluation, 0.25));
        }
        assertThat(Files.readAllLines(file).get(0))
                .isEqualTo("{\"stage\":\"sft\",\"step\":0,\"run_step\":100,\"weight_version\":\"v000003\","
                        + "\"eval_accuracy\":0.5,\"eval_loss\":2.0,\"time_evaluate_s\":0.25}");
        log.rewound(103, Set.of());
        assertThat(lines(file)).extracting(line -> line.path("step").asInt()).containsExactly(0, 2);
        log.rewound(101, Set.of());
        assertThat(lines(file)).extracting(line -> line.path("step").asInt()).containsExactly(0);
        log.rewound(100, Set.of());
        assertThat(file).isEmptyFile();
    }

    @Test
    void rewindingWhatWasNeverWrittenIsFine() {
        lines().rewound(5, Set.of());
        assertThat(metrics()).isEmptyFile();
    }

    @Test
    void appendedLinesOfAnotherWriterDoNotLast() throws IOException {
        RunLines log = lines();
        log.stepDone(step(1, 1));
        Files.writeString(metrics(), "{\"note\":\"no step\"}\n", StandardOpenOption.APPEND);
        log.rewound(101, Set.of());
        assertThat(lines(metrics())).hasSize(1);
    }

    static StageStep step(int step, double reward) {
        return new StageStep(
                "grpo",
                100 + step,
                new StepReport(
                        step,
                        new WeightVersion(9),
                        Map.of("reward_mean", reward, "loss", -0.02, "tokens", 512.0, "clip_fraction", 0.125),
                        Map.of("generate", 0.5, "step", 0.75),
                        List.of(
                                new Sample(
                                        Sample.Pick.FIRST,
                                        "größe \"漢\"\n",
                                        "a",
                                        reward,
                                        "ä",
                                        Map.of("exact-match", 0.25)),
                                new Sample(Sample.Pick.WORST, "b", "größe", 0, null, Map.of()))));
    }

    private RunLines lines() {
        return new RunLines(new RunDirectory(directory));
    }

    private Path metrics() {
        return directory.resolve("metrics.jsonl");
    }

    private Path samples() {
        return directory.resolve("samples.jsonl");
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(LinesTest::parse).toList();
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException broken) {
            throw new AssertionError("not JSON: " + line, broken);
        }
    }
}
