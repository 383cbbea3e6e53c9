package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages of every kind are measured on the way, and are none the worse for it. */
class EvaluationTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String EVALUATION =
            "evaluation: {every-steps: 2, limit: 8, max-tokens: 4, data: {kind: spelling, split: held-out}, samples: 2,"
                    + " rewards: [{kind: position-match}, {kind: length-penalty, name: short, buffer: 2}]}";

    private static final String PAIRS =
            "{kind: ranked-samples, prompts: {kind: spelling}, ranked-by: position-match, pairs: 8, held-out-pairs: 6, max-tokens: 4}";

    private static final String POLICY = "from: sft, steps: 3, prompts-per-step: 2, data: {kind: spelling},"
            + " rewards: [{kind: position-match}], sampling: {samples-per-prompt: 2, max-tokens: 4}";

    /** One stage of each kind; EVALUATION stands for the block. */
    private static final String STAGES = """
            stages:
              - {name: sft, kind: sft, steps: 5, batch-size: 4, data: {kind: spelling, held-out: 20}, EVALUATION}
              - {name: scores, kind: reward-model, from: sft, steps: 3, batch-size: 2, data: PAIRS, PAIR-EVALUATION}
              - {name: dpo, kind: dpo, from: sft, steps: 3, batch-size: 2, data: PAIRS, EVALUATION}
              - {name: ppo, kind: ppo, critic: {from: scores, warmup-steps: 1}, POLICY, EVALUATION}
              - {name: grpo, kind: grpo, POLICY, EVALUATION}
              - {name: rloo, kind: rloo, POLICY, EVALUATION}
              - {name: reinforce, kind: reinforce, POLICY, EVALUATION}
            """.replace("PAIRS,", PAIRS + ",").replace("POLICY", POLICY);

    @TempDir
    Path folder;

    @Test
    void everyKindIsMeasuredBeforeItsFirstStepOnTheWayAndAtTheEnd() throws IOException {
        Path run = run("run", EVALUATION, "evaluation: {every-steps: 2}");

        List<JsonNode> evaluations = lines(run.resolve("evaluations.jsonl"));
        assertThat(steps(evaluations, "sft")).containsExactly(0, 2, 4, 5);
        for (String stage : List.of("scores", "dpo", "ppo", "grpo", "rloo", "reinforce")) {
            assertThat(steps(evaluations, stage)).as(stage).containsExactly(0, 2, 3);
        }
        for (JsonNode evaluation : evaluations) {
            String stage = evaluation.path("stage").asText();
            assertThat(evaluation.has("eval_accuracy")).as(stage).isEqualTo(!stage.equals("scores"));
            assertThat(evaluation.has("eval_pair_accuracy"))
                    .as(stage)
                    .isEqualTo(stage.equals("scores") || stage.equals("dpo"));
            assertThat(evaluation.has("eval_loss"))
                    .as(stage)
                    .isEqualTo(List.of("sft", "scores", "dpo").contains(stage));
        }
        assertAnswersAreDrawn(evaluations);
        // A policy that is its own reference ranks no pair, and loses what a coin's guess loses.
        JsonNode dpo = evaluations.get(7);
        assertThat(dpo.path("eval_pair_accuracy").asDouble()).isEqualTo(0.5);
        assertThat(dpo.path("eval_loss").asDouble()).isCloseTo(Math.log(2), within(1e-12));
        assertThat(dpo.path("eval_chosen_gain").asDouble(1)).isZero();
        assertThat(dpo.path("eval_rejected_gain").asDouble(1)).isZero();
        assertThat(dpo.path("eval_chosen_log_prob").asDouble()).isNegative();
        assertThat(evaluations.get(4).path("stage").asText()).isEqualTo("scores");
        assertThat(evaluations.get(4).path("eval_brier").asDouble(-1)).isBetween(0.0, 1.0);
        assertThat(evaluations.get(4).path("eval_calibration_error").asDouble(-1))
                .isBetween(0.0, 0.5);

        assertInStepsToo(evaluations, lines(run.resolve("metrics.jsonl")));
        assertInSummaryToo(
                evaluations, JSON.readTree(run.resolve("summary.json").toFile()));
    }

    @Test
    void measuringChangesNothingThatIsTrained() throws IOException {
        Path often = run("often", EVALUATION, "evaluation: {every-steps: 1}");
        Path never = run("never", "evaluation: null", "evaluation: null");

        for (String stage : List.of("sft", "scores", "dpo", "ppo", "grpo", "rloo", "reinforce")) {
            Path model = Path.of("stages", stage, "model.safetensors");
            assertThat(often.resolve(model)).hasSameBinaryContentAs(never.resolve(model));
        }
        assertThat(lines(never.resolve("evaluations.jsonl")))
                .extracting(one -> one.path("step").asInt())
                .as("the end alone, of what the stages hold out")
                .containsExactly(5, 3, 3);
        assertThat(never.resolve("best")).doesNotExist();
    }

    @Test
    void aResumedRunHasEachEvaluationOnceAndTheSameBestModel() throws IOException {
        Path whole = run("whole", EVALUATION, "evaluation: {every-steps: 2}");
        // Within a stage, at the end of one (before the baseline of the next), within one that publishes to be
        // measured.
        for (int checkpoint : List.of(4, 5, 10)) {
            Path resumed = folder.resolve("resumed-" + checkpoint);
            DurableFiles.copyTree(whole, resumed);
            for (String name : names(resumed.resolve("checkpoints"))) {
                if (Integer.parseInt(name.substring("step-".length())) > checkpoint) {
                    DurableFiles.deleteTree(resumed.resolve("checkpoints").resolve(name));
                }
            }

            assertThat(invoke(resumed, "--resume").assertDone().out()).contains("going on after step " + checkpoint);

            new RunFiles(resumed).assertEqual(new RunFiles(whole));
        }
    }

    @Test
    void theBestModelIsTheOneOfItsStep() throws IOException {
        Path run = run("run", EVALUATION.replace("every-steps: 2", "every-steps: 1"), "evaluation: {every-steps: 1}");

        for (JsonNode stage :
                JSON.readTree(run.resolve("summary.json").toFile()).path("stages")) {
            Path best = run.resolve("best").resolve(stage.path("name").asText());
            assertThat(best.resolve("model.safetensors")).isNotEmptyFile();
            assertThat(best.resolve("config.json")).isNotEmptyFile();
            if (stage.path("best_step").asInt() == stage.path("steps").asInt()) {
                assertThat(best.resolve("model.safetensors"))
                        .hasSameBinaryContentAs(
                                run.resolve("stages/" + stage.path("name").asText() + "/model.safetensors"));
            }
        }
    }

    @Test
    void aRewardModelWritesNoAnswersToJudge() {
        SmallRecipe recipe = new SmallRecipe(folder);
        recipe.with(STAGES.replace("PAIR-EVALUATION", EVALUATION).replace("EVALUATION", EVALUATION));
        recipe.run().assertRefused(2, "stages.scores.evaluation.data", "held-out pairs judge it");
    }

    private Path run(String name, String evaluation, String pairEvaluation) {
        new SmallRecipe(folder)
                .text(SmallRecipe.HEAD.replace("keep: 3", "keep: 100")
                        + STAGES.replace("PAIR-EVALUATION", pairEvaluation).replace("EVALUATION", evaluation));
        Path out = folder.resolve(name);
        invoke(out).assertDone();
        return out;
    }

    private Invocation invoke(Path out, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("run", folder.resolve("small.yaml").toString(), "--out", out.toString()));
        arguments.addAll(List.of(more));
        return Invocation.of(arguments.toArray(String[]::new));
    }

    /** Answers of the model that a stage starts from are as far from it, and beat it as often, as it does itself. */
    private static void assertAnswersAreDrawn(List<JsonNode> evaluations) {
        for (JsonNode evaluation : evaluations) {
            String stage = evaluation.path("stage").asText();
            for (String number : List.of(
                    "eval_kl",
                    "eval_length",
                    "eval_pass_at_1",
                    "eval_pass_at_2",
                    "eval_reward_position_match",
                    "eval_reward_short",
                    "eval_best_of_2_position_match",
                    "eval_best_of_2_short",
                    "eval_win_rate")) {
                assertThat(evaluation.has(number)).as(stage + " " + number).isEqualTo(!stage.equals("scores"));
            }
            if (evaluation.path("step").asInt() == 0 && !stage.equals("scores")) {
                assertThat(evaluation.path("eval_kl").asDouble()).isCloseTo(0, within(1e-6));
                assertThat(evaluation.path("eval_win_rate").asDouble()).isEqualTo(0.5);
            }
        }
    }

    private static void assertInStepsToo(List<JsonNode> evaluations, List<JsonNode> steps) {
        for (JsonNode step : steps) {
            assertThat(step.has("eval_accuracy") || step.has("eval_pair_accuracy"))
                    .as("%s", step)
                    .isEqualTo(evaluations.stream()
                            .anyMatch(one -> one.path("run_step").equals(step.path("run_step"))
                                    && one.path("step").asInt() > 0));
        }
    }

    private static void assertInSummaryToo(List<JsonNode> evaluations, JsonNode summary) {
        for (JsonNode stage : summary.path("stages")) {
            String name = stage.path("name").asText();
            List<JsonNode> own = evaluations.stream()
                    .filter(one -> one.path("stage").asText().equals(name))
                    .toList();
            assertSame(stage.path("eval_accuracy_before"), own.get(0).path("eval_accuracy"));
            assertSame(stage.path("eval_accuracy"), own.get(own.size() - 1).path("eval_accuracy"));
            assertSame(stage.path("pair_accuracy"), own.get(own.size() - 1).path("eval_pair_accuracy"));
            assertSame(stage.path("eval_loss_before"), own.get(0).path("eval_loss"));
            assertThat(stage.path("best_step").asInt()).isPositive();
        }
    }

    private static void assertSame(JsonNode inSummary, JsonNode measured) {
        if (measured.isMissingNode()) {
            assertThat(inSummary.isNull()).isTrue();
        } else {
            assertThat(inSummary.asDouble()).isEqualTo(measured.asDouble());
        }
    }

    private static List<Integer> steps(List<JsonNode> evaluations, String stage) {
        return evaluations.stream()
                .filter(one -> one.path("stage").asText().equals(stage))
                .map(one -> one.path("step").asInt())
                .toList();
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static List<String> names(Path directory) throws IOException {
        try (var found = Files.list(directory)) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
