package dev.rlhf.driver.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.driver.experiment.ExperimentInputs.Changed;
import dev.rlhf.experiment.result.CellResult;
import dev.rlhf.experiment.result.Results;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in processes that are killed, and what an experiment says that was changed under way. */
class ExperimentRunTest {
    private static final String FIRST = "sft/low/seed-1";

    private static final String RECIPE = """
            name: small
            model: {kind: random, hidden-size: 16, layers: 1, attention-heads: 2, key-value-heads: 1, head-size: 8,
                    intermediate-size: 32, context-length: 32,
                    tokenizer: {kind: characters, alphabet: "abcdefghijklmnopqrstuvwxyz>"}}
            stages:
              - {name: sft, kind: sft, steps: 3, batch-size: 4, data: {kind: spelling}}
            """;

    private static final String EXPERIMENT = """
            name: tiny
            question: Does a higher learning rate lower the loss?
            claim: It does.
            overturn: A loss that rises.
            seeds: [1]
            parts: [{name: sft, recipe: recipe.yaml, factors: [rate], seconds: 1}]
            factors:
              - name: rate
                words: learning rate
                part: sft
                levels:
                  - {name: low, settings: [stages.sft.optimiser.learning-rate=1e-4]}
                  - {name: high, settings: [stages.sft.optimiser.learning-rate=1e-2]}
            measures:
              - {name: loss, words: training loss, part: sft, stage: sft, number: loss}
            comparisons:
              - {kind: trend, measure: loss, over: rate, expect: falls}
            """;

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private String signal = "KILL";
    private Path file;
    private Path out;
    private Path witness;

    @BeforeEach
    void writeExperiment() throws IOException {
        Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
        file = Files.writeString(folder.resolve("tiny.yaml"), EXPERIMENT);
        out = folder.resolve("out");
        witness = folder.resolve("witness");
    }

    @Test
    void aRunWhoseProcessIsKilledIsTriedOnceMoreAndTheResultsSayIt() throws IOException {
        Results results = conduct(false, 1);

        assertThat(Files.readAllLines(witness))
                .hasSize(2)
                .satisfiesExactly(
                        first -> assertThat(first).endsWith(" killed"),
                        second -> assertThat(second).endsWith(" went on"));
        assertThat(results.cells())
                .hasSize(2)
                .allSatisfy(cell -> assertThat(cell.failure()).isNull());
        assertThat(results.cells().get(0).values()).containsKey("loss");
        assertThat(results.remarks())
                .singleElement()
                .asString()
                .startsWith("The run " + FIRST
                        + " was tried again, since the process of the run was killed (exit code 137)");
        assertThat(told.toString(StandardCharsets.UTF_8)).contains(FIRST + ": the process", "; trying once more");
        assertThat(Files.readString(out.resolve("results.json"))).contains("was tried again");

        // It is not forgotten where the experiment goes on, and its numbers are those of a run that nobody killed.
        assertThat(conduct(true, 1).remarks()).isEqualTo(results.remarks());
        out = folder.resolve("undisturbed");
        Results undisturbed = conduct(false, 0);
        assertThat(undisturbed.remarks()).isEmpty();
        assertThat(undisturbed.cells().get(0).values())
                .isEqualTo(results.cells().get(0).values());
    }

    @Test
    void aRunWhoseProcessIsKilledTwiceHasFailedAndTheOthersAreFinished() throws IOException {
        Results results = conduct(false, 2);

        assertThat(Files.readAllLines(witness))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).endsWith(" killed"));
        assertThat(results.cells().stream().map(CellResult::failure).filter(Objects::nonNull))
                .singleElement()
                .asString()
                .startsWith("at both tries the process of the run was killed (exit code 137); see ");
        assertThat(results.cells().get(1).values()).containsKey("loss");
        assertThat(results.remarks()).singleElement().asString().endsWith(", which happened 2 times.");

        Results third = conduct(true, 3);
        assertThat(third.cells().get(0).failure()).isNull();
        assertThat(third.remarks()).singleElement().asString().endsWith(", which happened 3 times.");
    }

    @Test
    void aRunWithADamagedFileIsNamedAsFailedAndTheOthersCount() throws IOException {
        conduct(false, 0);
        Path summary = out.resolve("cells/sft/low/seed-1/summary.json");
        Files.writeString(summary, Files.readString(summary).substring(0, 40));

        Results damaged = conduct(true, 0);

        assertThat(damaged.cells().get(0).failure())
                .startsWith("cannot read " + summary)
                .endsWith("; delete " + summary.getParent() + " and resume to have it run anew");
        assertThat(damaged.cells().get(1).values()).containsKey("loss");
    }

    @Test
    void notesStandAmongTheRemarks() throws IOException {
        Files.writeString(file, EXPERIMENT + "notes: [It was seen before.]\n");
        assertThat(conduct(false, 0).remarks()).containsExactly("It was seen before.");
    }

    @Test
    void whoIsAskedToEndIsNotTriedAgain() throws IOException {
        signal = "TERM";
        Results results = conduct(false, 1);

        assertThat(Files.readAllLines(witness)).hasSize(1);
        assertThat(results.cells().get(0).failure()).startsWith("the process of the run died (exit code 143); see ");
        assertThat(results.remarks()).isEmpty();
    }

    @Test
    void expectationsChangedAfterTheRunsAreSaidToBe() throws IOException {
        assertThat(conduct(false, 0).remarks()).isEmpty();
        assertThat(conduct(true, 0).remarks()).isEmpty();

        Files.writeString(file, EXPERIMENT.replace("expect: falls", "expect: rises"));
        assertThat(conduct(true, 0).remarks()).containsExactly(Changed.COMPARED);
        assertThat(Files.readString(out.resolve("results.json"))).contains(Changed.COMPARED);

        Files.writeString(file, EXPERIMENT);
        assertThat(conduct(true, 0).remarks()).isEmpty();
    }

    private Results conduct(boolean resume, int kills) {
        ExperimentSource source = new ExperimentSource("tiny", file, false, List.of());
        ExperimentRequest request = new ExperimentRequest(
                source,
                source.read(),
                out,
                resume,
                1,
                "./rlhf experiment tiny",
                List.of(KilledWorker.class.getName(), witness.toString(), FIRST, String.valueOf(kills), signal));
        return ExperimentRun.conduct(request, new PrintStream(told, true, StandardCharsets.UTF_8));
    }
}
