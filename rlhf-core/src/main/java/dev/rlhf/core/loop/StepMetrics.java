package dev.rlhf.core.loop;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.UpdateReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Numbers of a step by name, as they appear in {@code metrics.jsonl}. */
final class StepMetrics {
    private StepMetrics() {}

    /** What a single update says. */
    static Map<String, Double> of(UpdateReport update) {
        return ofUpdates("", List.of(update));
    }

    /** Means over the updates of a step; {@code tokens} is their sum. */
    static Map<String, Double> ofUpdates(String prefix, List<UpdateReport> updates) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (UpdateReport update : updates) {
            add(metrics, prefix + "loss", update.loss() / updates.size());
            add(metrics, prefix + "grad_norm", update.gradientNorm() / updates.size());
            add(metrics, prefix + "learning_rate", update.learningRate() / updates.size());
            add(metrics, prefix + "tokens", update.tokens());
            update.statistics().forEach((name, value) -> add(metrics, prefix + name, value / updates.size()));
        }
        return metrics;
    }

    /**
     * Lets a step go on only while all its numbers are finite: what comes next must not learn from others.
     *
     * @throws RlhfException DIVERGED naming the number
     */
    static void requireFinite(Map<String, Double> metrics) {
        metrics.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw RlhfException.diverged(name + " is " + value);
            }
        });
    }

    private static void add(Map<String, Double> metrics, String name, double value) {
        metrics.merge(name, value, Double::sum);
    }
}
