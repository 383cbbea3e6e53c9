package dev.rlhf.driver.run;

import dev.rlhf.core.run.StepReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reward and KL of the last steps of a stage, whose means stand in the summary.
 *
 * @param rewards mean reward of each of the last steps, oldest first
 * @param kls KL of each of the last steps, oldest first
 */
record RecentSteps(List<Double> rewards, List<Double> kls) {
    /** Before the first step. */
    static final RecentSteps NONE = new RecentSteps(List.of(), List.of());

    private static final int KEPT = 10;

    RecentSteps {
        rewards = List.copyOf(rewards);
        kls = List.copyOf(kls);
    }

    RecentSteps with(StepReport report) {
        return new RecentSteps(
                last(rewards, report.metrics().get("reward_mean")),
                last(kls, report.metrics().get("kl")));
    }

    @Nullable
    Double rewardMean() {
        return mean(rewards);
    }

    @Nullable
    Double klMean() {
        return mean(kls);
    }

    private static List<Double> last(List<Double> values, @Nullable Double value) {
        List<Double> longer = new ArrayList<>(values);
        if (value != null) {
            longer.add(value);
        }
        return longer.subList(Math.max(0, longer.size() - KEPT), longer.size());
    }

    private static @Nullable Double mean(List<Double> values) {
        return values.isEmpty()
                ? null
                : values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
