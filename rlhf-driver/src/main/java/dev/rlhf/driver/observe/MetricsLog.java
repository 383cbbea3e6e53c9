package dev.rlhf.driver.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.run.StepReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code metrics.jsonl}: one object a step.
 *
 * <p>Equal runs write equal lines but for the keys that start with {@code time_}.
 */
public final class MetricsLog implements RunObserver {
    /** Keys every line has; null where a stage has no such number. */
    private static final List<String> COMMON = List.of("reward_mean", "kl", "entropy", "loss", "grad_norm", "tokens");

    private static final List<String> PHASES = List.of("generate", "score", "update", "sync", "step");

    private final StepLines lines;

    /** Writes to {@code file}. */
    public MetricsLog(Path file) {
        this.lines = new StepLines(file);
    }

    @Override
    public void stepDone(StageStep step) {
        StepReport report = step.report();
        ObjectNode line = StepLines.line(step.stage(), report.step(), step.runStep());
        line.put("weight_version", report.version().text());
        Map<String, Double> metrics = report.metrics();
        COMMON.forEach(name -> put(line, name, metrics.get(name)));
        metrics.keySet().stream()
                .sorted()
                .filter(name -> !COMMON.contains(name))
                .forEach(name -> put(line, name, metrics.get(name)));
        PHASES.forEach(
                phase -> line.put("time_" + phase + "_s", report.seconds().getOrDefault(phase, 0.0)));
        lines.add(line);
    }

    @Override
    public void checkpointing() {
        lines.sync();
    }

    @Override
    public void rewound(int runSteps) {
        lines.rewind(runSteps);
    }

    private static void put(ObjectNode line, String name, @Nullable Double value) {
        if (value != null && value == Math.rint(value) && Math.abs(value) < 1e15) {
            line.put(name, value.longValue());
        } else {
            line.put(name, value);
        }
    }
}
