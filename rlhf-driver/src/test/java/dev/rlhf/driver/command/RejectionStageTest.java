package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model learns from those of its own samples that are worth most. */
class RejectionStageTest {
    private static final int USER = ErrorKind.USER.exitCode();

    private static final String STAGES = """
            stages:
              - {name: sft, kind: sft, steps: 4, batch-size: 4, data: {kind: spelling}}
              - {name: scores, kind: reward-model, from: sft, steps: 2, batch-size: 2,
                 data: {kind: ranked-samples, prompts: {kind: spelling}, ranked-by: position-match, pairs: 8,
                        held-out-pairs: 6, max-tokens: 4}}
              - {name: best, kind: rejection-sampling, from: sft, steps: 4, batch-size: 4, prompts: 12,
                 data: {kind: spelling}, sampling: {samples-per-prompt: 5, max-tokens: 4},
                 rewards: [{kind: reward-model, from: scores, weight: 0.5}, {kind: length-penalty, buffer: 2}], SELECT,
                 evaluation: {every-steps: 1, data: {kind: spelling, split: held-out}, limit: 8, max-tokens: 4}}
            """;

    @TempDir
    Path folder;

    @Test
    void theChosenAreWorthMoreThanTheDrawnUnlessTheyAreAControl() throws IOException {
        JsonNode best = first(run("best", "select: {kind: top-k-overall, k: 15}"));
        JsonNode control = first(run("control", "select: {kind: top-k-overall, k: 15, matched-control: true}"));

        assertThat(best.path("selected_reward_mean").asDouble())
                .isGreaterThan(best.path("sampled_reward_mean").asDouble() + 0.1);
        assertThat(control.path("sampled_reward_mean")).isEqualTo(best.path("sampled_reward_mean"));
        assertThat(control.path("selected_reward_mean").asDouble())
                .isLessThan(best.path("selected_reward_mean").asDouble() - 0.1);
        assertThat(best.path("selected_prompts").asDouble() * 12)
                .isCloseTo(Math.rint(best.path("selected_prompts").asDouble() * 12), within(1e-9));
        assertThat(best.path("sampled_length").asDouble()).isBetween(1.0, 4.0);
        assertThat(folder.resolve("best/model/model.safetensors")).isNotEmptyFile();
        Invocation.of("report", folder.resolve("best").toString()).assertDone();
    }

    @Test
    void whatIsChosenIsToldOnce() throws IOException {
        run("run", "select: top-per-prompt");

        assertThat(lines("run"))
                .filteredOn(line -> line.has("selected_reward_mean"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.path("stage").asText()).isEqualTo("best");
                    assertThat(line.path("step").asInt()).isEqualTo(1);
                    assertThat(line.path("selected_prompts").asDouble()).isEqualTo(1);
                });
        assertThat(Files.readString(folder.resolve("run/samples.jsonl")))
                .contains("\"stage\":\"best\",\"step\":1,\"run_step\":7,\"pick\":\"best\"");
    }

    /** At the end of the stage before, at the baseline, and within the stage. */
    @Test
    void aResumedStageLearnsFromTheSameSamples() throws IOException {
        String control = "select: {kind: top-k-overall-capped, k: 15, cap: 3, matched-control: true}";
        Path whole = run("whole", control);
        for (int checkpoint : List.of(4, 6, 8)) {
            Path resumed = folder.resolve("resumed" + checkpoint);
            DurableFiles.copyTree(whole, resumed);
            for (int step = checkpoint + 1; step <= 10; step++) {
                DurableFiles.deleteTree(resumed.resolve(String.format("checkpoints/step-%06d", step)));
            }

            run("resumed" + checkpoint, control, "--resume");

            new RunFiles(resumed).assertEqual(new RunFiles(whole));
        }
    }

    @Test
    void moreThanIsDrawnCannotBeChosen() {
        refused(
                "select: {kind: top-k-per-prompt, k: 6}",
                "stages.best.select.k",
                "at most the 5 samples of a prompt, not 6");
        refused(
                "select: {kind: top-k-overall, k: 61}",
                "stages.best.select.k",
                "at most the 60 samples that are drawn");
        refused("prompts: 100000, select: {kind: top-k-overall, k: 400000}", "stages.best.select.k", "the data have");
        refused("select: {kind: top-k-overall}", "k");
    }

    private void refused(String select, Object... fragments) {
        String stages = select.startsWith("prompts") ? STAGES.replace("prompts: 12,", "") : STAGES;
        new SmallRecipe(folder).with(stages.replace("SELECT", select));
        invoke("refused").assertRefused(USER, fragments);
    }

    private Path run(String out, String select, String... more) {
        new SmallRecipe(folder)
                .text(SmallRecipe.HEAD.replace("keep: 3", "keep: 100") + STAGES.replace("SELECT", select));
        invoke(out, more).assertDone();
        return folder.resolve(out);
    }

    private Invocation invoke(String out, String... more) {
        return new SmallRecipe(folder).runIn(folder.resolve(out), more);
    }

    private JsonNode first(Path run) throws IOException {
        return lines(run.getFileName().toString()).stream()
                .filter(line -> line.has("selected_reward_mean"))
                .findFirst()
                .orElseThrow();
    }

    private List<JsonNode> lines(String run) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl"))) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }
}
