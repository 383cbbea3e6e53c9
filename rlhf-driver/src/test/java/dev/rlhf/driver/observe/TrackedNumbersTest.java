package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.driver.track.Tracker;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What trackers are told. */
class TrackedNumbersTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(1_700_000_000_500L), ZoneOffset.UTC);

    private final List<String> told = new ArrayList<>();
    private final TrackedNumbers numbers = new TrackedNumbers(new Told(told), 7, CLOCK);

    /**
     * Writes down what it is told.
     *
     * @param lines where
     */
    private record Told(List<String> lines) implements Tracker {
        @Override
        public void numbers(int runStep, double seconds, Map<String, Double> numbers) {
            lines.add(runStep + " at " + seconds(seconds) + ": " + new TreeMap<>(numbers));
        }

        @Override
        public void rewound(int runSteps, double seconds) {
            lines.add("back to " + runSteps);
        }

        @Override
        public void flush() {
            lines.add("flush");
        }

        @Override
        public void close(boolean complete, double seconds) {
            lines.add("complete: " + complete);
        }

        private static String seconds(double seconds) {
            return String.valueOf((long) (seconds * 10));
        }
    }

    @Test
    void numbersHaveTheirKeyAndTheirStageAndNoneIsToldTwice() {
        numbers.rewound(5, Set.of());
        numbers.evaluated(evaluation(6));
        numbers.stepDone(step(6, Map.of("kl", 0.5, "eval_accuracy", 0.25)));
        numbers.stepDone(step(7, Map.of("kl", 0.75)));
        numbers.checkpointing();
        numbers.close();
        assertThat(told)
                .containsExactly(
                        "back to 5",
                        "6 at 17000000005: {grpo/eval_accuracy=0.25, grpo/time_evaluate_s=3.0}",
                        "6 at 17000000005: {grpo/kl=0.5, grpo/time_step_s=2.0, grpo/weight_version=9.0}",
                        "7 at 17000000005: {grpo/kl=0.75, grpo/time_step_s=2.0, grpo/weight_version=9.0}",
                        "flush",
                        "complete: true");
    }

    @Test
    void aRunThatEndsBeforeItsLastStepIsNotComplete() {
        numbers.rewound(0, Set.of());
        numbers.stepDone(step(7, Map.of()));
        numbers.rewound(6, Set.of());
        numbers.close();
        assertThat(told).endsWith("back to 6", "complete: false");
    }

    private static StageEvaluation evaluation(int runStep) {
        return new StageEvaluation(
                "grpo",
                runStep,
                new Evaluation(runStep, new WeightVersion(9), Map.of("eval_accuracy", 0.25), List.of()),
                3);
    }

    private static StageStep step(int runStep, Map<String, Double> metrics) {
        return new StageStep(
                "grpo",
                runStep,
                new StepReport(runStep, new WeightVersion(9), metrics, Map.of("step", 2.0), List.of()));
    }
}
