package dev.rlhf.core.run;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reward and KL of the last steps of a stage, whose means stand in the summary.
 *
 * @param rewards mean reward of each of the last steps, oldest first
 * @param kls KL of each of the last steps, oldest first
 */
public record RecentSteps(List<Double> rewards, List<Double> kls) {
    /** Before the first step. */
    public static final RecentSteps NONE = new RecentSteps(List.of(), List.of());

    private static final int KEPT = 10;

    /** Keeps its own copies. */
    public RecentSteps {
        rewards = List.copyOf(rewards);
        kls = List.copyOf(kls);
    }

    /** These and one step more, of which the oldest may fall out. */
    public RecentSteps with(StepReport report) {
        return new RecentSteps(
                last(rewards, report.metrics().get("reward_mean")),
                last(kls, report.metrics().get("kl")));
    }

    /** Mean reward, or null before the first step. */
    public @Nullable Double rewardMean() {
        return mean(rewards);
    }

    /** Mean KL, or null where none was measured. */
    public @Nullable Double klMean() {
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
