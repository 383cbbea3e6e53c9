package dev.rlhf.core.run;

import dev.rlhf.core.base.WeightVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one training step did.
 *
 * <p>Example: {@code StepReport(7, v000007, {reward_mean=0.41, kl=0.8, loss=-0.02}, {generate=0.11, update=0.2}, […])}.
 *
 * @param step step within its stage, from 1
 * @param version weights after the step
 * @param metrics numbers by name, as in metrics.jsonl
 * @param seconds wall time of each phase by name: generate, score, update, sync, step
 * @param samples a few completions of this step
 */
public record StepReport(
        int step,
        WeightVersion version,
        Map<String, Double> metrics,
        Map<String, Double> seconds,
        List<Sample> samples) {

    /** Keeps its own copy of {@code samples}. */
    public StepReport {
        samples = List.copyOf(samples);
    }

    /** This report with more numbers. */
    public StepReport with(Map<String, Double> more) {
        Map<String, Double> all = new LinkedHashMap<>(metrics);
        all.putAll(more);
        return new StepReport(step, version, all, seconds, samples);
    }
}
