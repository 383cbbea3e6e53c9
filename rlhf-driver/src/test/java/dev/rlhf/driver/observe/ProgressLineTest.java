package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.run.StepReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressLineTest {
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
    private long now;
    private int columns = 80;

    @Test
    void withoutATerminalThereIsALineEveryTenSeconds() {
        try (ProgressLine line = new ProgressLine(out, false, () -> now, () -> columns)) {
            line.stageStarted(new StageStarted("ppo", "ppo", 3, 4, 10, 0));
            for (int step = 1; step <= 10; step++) {
                now += 6 * SECOND;
                line.stepDone(step(step, Map.of("reward_mean", 0.25, "kl", -0.0001, "loss", 1e-9)));
            }
            line.stageFinished(
                    new StageResult("ppo", "ppo", 10, 0.5, 0.25, 1.5, null, 61.2, null, null, null, null, null));
        }

        assertThat(text().lines())
                .containsExactly(
                        "[3/4] ppo, 10 steps",
                        "  step 2 of 10, 48 s left, reward 0.250, KL 0.000",
                        "  step 4 of 10, 36 s left, reward 0.250, KL 0.000",
                        "  step 6 of 10, 24 s left, reward 0.250, KL 0.000",
                        "  step 8 of 10, 12 s left, reward 0.250, KL 0.000",
                        "  step 10 of 10, finishing, reward 0.250, KL 0.000",
                        "[3/4] ppo: 10 steps in 1 min 01 s, held-out accuracy 50.0 %, reward 0.250, KL 1.500");
    }

    @Test
    void whatAStageDoesBeforeItsFirstStepIsNotTakenForItsPace() {
        try (ProgressLine line = new ProgressLine(out, false, () -> now, () -> columns)) {
            line.stageStarted(new StageStarted("pairs", "reward-model", 1, 1, 100, 0));
            now += 500 * SECOND;
            line.stepDone(step(1, Map.of("pair_accuracy", 0.5)));
            now += 11 * SECOND;
            line.stepDone(step(2, Map.of("pair_accuracy", 0.75, "loss", 0.6)));
        }

        assertThat(text().lines())
                .containsExactly(
                        "[1/1] pairs, 100 steps",
                        "  step 1 of 100, pair accuracy 50.0 %",
                        "  step 2 of 100, 17 min 58 s left, pair accuracy 75.0 %, loss 0.600");
    }

    @Test
    void aResumedStageCountsItsPaceFromWhereItGoesOn() {
        try (ProgressLine line = new ProgressLine(out, false, () -> now, () -> columns)) {
            line.stageStarted(new StageStarted("sft", "sft", 1, 1, 100, 50));
            line.stepDone(step(51, Map.of("loss", 1.0)));
            now += 20 * SECOND;
            line.stepDone(step(61, Map.of("loss", 0.5)));
        }

        assertThat(text()).contains("  step 61 of 100, 1 min 18 s left, loss 0.500");
    }

    @Test
    void evaluationsHaveTheirLineWithoutATerminalAndAPlaceInTheLiveLine() {
        StageResult result = new StageResult("sft", "sft", 50, 0.5, null, null, null, 3, 0.0, null, 1.25, 3.5, 50);
        for (boolean terminal : new boolean[] {false, true}) {
            try (ProgressLine line = new ProgressLine(out, terminal, () -> now, () -> columns)) {
                line.stageStarted(new StageStarted("sft", "sft", 1, 1, 50, 0));
                line.evaluated(evaluation(0, Map.of("eval_accuracy", 0.0, "eval_loss", 3.5)));
                line.stepDone(step(1, Map.of("loss", 3.0)));
                line.evaluated(evaluation(50, Map.of("eval_accuracy", 0.5, "eval_loss", 1.25)));
                now += 11 * SECOND;
                line.stepDone(step(50, Map.of("loss", 1.0)));
                line.stageFinished(result);
            }
            assertThat(text())
                    .contains("[1/1] sft: 50 steps in 3.0 s, held-out accuracy 0.0 -> 50.0 %,"
                            + " held-out loss 3.500 -> 1.250");
            if (!terminal) {
                assertThat(text())
                        .contains(
                                "  step 0 of 50, evaluated: held-out accuracy 0.0 %, held-out loss 3.500\n",
                                "  step 50 of 50, evaluated: held-out accuracy 50.0 %, held-out loss 1.250\n");
            } else {
                assertThat(text()).contains("finishing, loss 1.000, at step 50");
            }
            written.reset();
        }
    }

    @Test
    void onATerminalTheLiveLineGivesWayToMessagesAndToTheResult() {
        try (ProgressLine line = new ProgressLine(out, true, () -> now, () -> columns)) {
            line.stageStarted(new StageStarted("sft", "sft", 1, 1, 2, 0));
            line.notice("something people should know");
            line.stepDone(step(2, Map.of("loss", 0.5)));
            line.stageFinished(
                    new StageResult("sft", "sft", 2, null, null, null, null, 3, null, null, null, null, null));
        }

        assertThat(text())
                .contains("\r\033[2Ksomething people should know\n", "2/2", "finishing, loss 0.500")
                .endsWith("\033[1A\r\033[2K[1/1] sft: 2 steps in 3.0 s\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 20, 40, 80, 200})
    void theLiveLineFitsIntoTheTerminal(int width) {
        columns = width;
        try (ProgressLine line = new ProgressLine(out, true, () -> now, () -> columns)) {
            line.stageStarted(new StageStarted("a-stage-with-a-long-name", "ppo", 1, 1, 1000, 0));
            line.stepDone(step(2, Map.of("reward_mean", 0.5, "kl", 0.25)));
        }

        assertThat(text().split("\r\033\\[2K|\n"))
                .allSatisfy(drawn -> assertThat(drawn).hasSizeLessThan(width));
    }

    @Test
    void aLineThatANarrowerTerminalHasWrappedIsLeftBehind() {
        LiveLine line = new LiveLine(out, () -> columns);
        line.accept("x".repeat(70));
        columns = 40;
        line.accept("y".repeat(70));
        columns = 100;
        line.accept("z");

        assertThat(text())
                .isEqualTo("\r\033[2K" + "x".repeat(70) + System.lineSeparator() + "y".repeat(39) + "\r\033[2Kz");
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    private static StageEvaluation evaluation(int step, Map<String, Double> values) {
        return new StageEvaluation("sft", step, new Evaluation(step, new WeightVersion(1), values, List.of()), 1);
    }

    private static StageStep step(int step, Map<String, Double> metrics) {
        return new StageStep("stage", step, new StepReport(step, new WeightVersion(1), metrics, Map.of(), List.of()));
    }
}
