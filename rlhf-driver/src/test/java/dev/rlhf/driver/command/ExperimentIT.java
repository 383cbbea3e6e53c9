package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./rlhf experiment} as a process with its workers. */
class ExperimentIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KILLED = 137;
    private static final int KILLS = 10;
    private static final int RUNS = 6;
    private static final int STEPS = 20;
    private static final long SEED = 20261126;

    private static final String RECIPE = """
            name: small
            model:
              kind: random
              hidden-size: 32
              layers: 1
              attention-heads: 2
              key-value-heads: 1
              head-size: 16
              intermediate-size: 64
              context-length: 32
              tokenizer: {kind: characters, alphabet: "abcdefghijklmnopqrstuvwxyz>"}
            checkpoint: {every-steps: 3, keep: 1}
            stages:
              - name: sft
                kind: sft
                steps: %d
                batch-size: 16
                data: {kind: spelling, min-length: 3, max-length: 4}
                optimiser: {learning-rate: 3e-3, schedule: constant}
                evaluation: {every-steps: 10, limit: 20, data: {kind: spelling, min-length: 3, max-length: 4, split: held-out}, max-tokens: 6}
            """.formatted(STEPS);

    private static final String EXPERIMENT = """
            name: small
            question: Does a higher learning rate lower the loss?
            claim: It does, as long as it is not too high.
            overturn: A loss that rises.
            seeds: [1, 2]
            parts: [{name: sft, recipe: recipe.yaml, factors: [rate], seconds: 3}]
            factors:
              - name: rate
                words: learning rate
                part: sft
                levels:
                  - {name: low, settings: [stages.sft.optimiser.learning-rate=1e-4]}
                  - {name: middle, settings: [stages.sft.optimiser.learning-rate=1e-3]}
                  - {name: high, settings: [stages.sft.optimiser.learning-rate=3e-3]}
            measures:
              - {name: loss, words: training loss, part: sft, stage: sft, number: loss}
            comparisons:
              - {kind: trend, measure: loss, over: rate, expect: falls}
            curves:
              - {title: Accuracy, words: It climbs., part: sft, stage: sft, numbers: [eval_accuracy], by: [rate]}
            """;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void writeExperiment() throws IOException {
        Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
        file = Files.writeString(folder.resolve("small.yaml"), EXPERIMENT);
    }

    @Test
    void killedTenTimesAndResumedItGivesTheSameResults() throws IOException {
        Path undisturbed = folder.resolve("undisturbed");
        try (RlhfProcess whole = start(undisturbed)) {
            assertThat(whole.exitCode()).as(whole.printed()).isZero();
        }
        Random random = new Random(SEED);
        Path killed = folder.resolve("killed");
        int lines = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            lines += 1 + random.nextInt(RUNS * STEPS / KILLS);
            int wanted = Math.min(lines, RUNS * STEPS - STEPS / 2);
            try (RlhfProcess run = kill == 0 ? start(killed) : start(killed, "--resume")) {
                run.await("kill " + kill + ": " + wanted + " steps, seed " + SEED, () -> steps(killed) >= wanted);
                run.kill();
                assertThat(run.exitCode()).as("kill %s came in time", kill).isEqualTo(KILLED);
            }
            assertThat(killed.resolve("results.json")).doesNotExist();
        }
        try (RlhfProcess rest = start(killed, "--resume")) {
            assertThat(rest.exitCode()).as(rest.printed()).isZero();
            assertThat(rest.printed()).contains("runs are done already");
        }
        assertThat(withoutTimes(killed)).isEqualTo(withoutTimes(undisturbed));
        assertThat(JSON.readTree(withoutTimes(killed))
                        .path("findings")
                        .get(0)
                        .path("conclusion")
                        .asText())
                .isEqualTo("falls");
    }

    @Test
    void aRunThatFailsIsNamedAndTheOthersAreFinished() throws IOException {
        Path out = folder.resolve("failing");
        Files.writeString(
                file,
                EXPERIMENT.replace(
                        "stages.sft.optimiser.learning-rate=1e-3", "stages.sft.optimiser.learning-rate=1e30"));
        try (RlhfProcess run = start(out)) {
            assertThat(run.exitCode()).as(run.printed()).isEqualTo(3);
            assertThat(run.printed()).contains("failed   sft/middle/seed-1: stage sft, step ");
        }
        JsonNode results = JSON.readTree(withoutTimes(out));
        assertThat(results.path("cells")).hasSize(RUNS);
        assertThat(results.path("cells"))
                .filteredOn(cell -> cell.path("failure").isNull())
                .hasSize(RUNS - 2);
    }

    private RlhfProcess start(Path out, String... more) {
        return RlhfProcess.start(
                folder.resolve(out.getFileName() + ".log"),
                Stream.concat(
                                Stream.of("experiment", file.toString(), "--jobs", "2", "--out", out.toString()),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    private static String withoutTimes(Path out) throws IOException {
        ObjectNode results = (ObjectNode) JSON.readTree(Files.readAllBytes(out.resolve("results.json")));
        assertThat(results.remove("times")).as("times").isNotNull();
        return results.toPrettyString();
    }

    /** Steps in all runs; files come and go meanwhile. */
    private static int steps(Path out) {
        Path cells = out.resolve("cells");
        try (Stream<Path> files = Files.isDirectory(cells) ? Files.walk(cells) : Stream.empty()) {
            return files.filter(path -> path.endsWith("metrics.jsonl"))
                    .mapToInt(ExperimentIT::lines)
                    .sum();
        } catch (UncheckedIOException gone) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int lines(Path file) {
        try {
            return (int) Files.readString(file).lines().count();
        } catch (NoSuchFileException replaced) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
