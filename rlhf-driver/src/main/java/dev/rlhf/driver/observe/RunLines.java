package dev.rlhf.driver.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Constant;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.run.Sample;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.driver.checkpoint.RunDirectory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a run writes line by line: {@code metrics.jsonl}, one object a step; {@code evaluations.jsonl}, one an evaluation, that
 * before a stage's first step at step 0; {@code samples.jsonl}, a few completions of each of both, for people to read.
 *
 * <p>Equal runs write equal lines but for the keys that start with {@code time_}.
 */
public final class RunLines implements RunObserver {
    /** Keys every line of the metrics has; null where a stage has no such number. */
    private static final List<String> COMMON = List.of("reward_mean", "kl", "entropy", "loss", "grad_norm", "tokens");

    private static final List<String> PHASES = List.of("generate", "score", "update", "sync", "step");

    private final StepLines metrics;
    private final StepLines evaluations;
    private final StepLines samples;

    /** Writes into a run's directory. */
    public RunLines(RunDirectory directory) {
        this.metrics = new StepLines(directory.metrics());
        this.evaluations = new StepLines(directory.evaluations());
        this.samples = new StepLines(directory.samples());
    }

    @Override
    public void evaluated(StageEvaluation done) {
        Evaluation evaluation = done.evaluation();
        ObjectNode line = StepLines.line(done.stage(), evaluation.step(), done.runStep());
        line.put("weight_version", evaluation.version().text());
        new TreeMap<>(evaluation.values()).forEach(line::put);
        line.put(time("evaluate"), done.seconds());
        evaluations.add(line);
        keep(evaluation.samples(), done.stage(), evaluation.step(), done.runStep());
    }

    @Override
    public void stepDone(StageStep step) {
        StepReport report = step.report();
        ObjectNode line = StepLines.line(step.stage(), report.step(), step.runStep());
        line.put("weight_version", report.version().text());
        Map<String, Double> numbers = new TreeMap<>(report.metrics());
        COMMON.forEach(name -> put(line, name, numbers.remove(name)));
        numbers.forEach((name, value) -> put(line, name, value));
        PHASES.forEach(phase -> line.put(time(phase), report.seconds().getOrDefault(phase, 0.0)));
        metrics.add(line);
        keep(report.samples(), step.stage(), report.step(), step.runStep());
    }

    @Override
    public void checkpointing() {
        List.of(metrics, evaluations, samples).forEach(StepLines::sync);
    }

    @Override
    public void rewound(int runSteps, Set<String> finished) {
        List.of(metrics, evaluations, samples).forEach(lines -> lines.rewind(runSteps, finished));
    }

    /** The key of a phase's time, in seconds. */
    static String time(String phase) {
        return "time_" + phase + "_s";
    }

    private void keep(List<Sample> kept, String stage, int step, int runStep) {
        for (Sample sample : kept) {
            ObjectNode line = StepLines.line(stage, step, runStep);
            line.put("pick", Constant.text(sample.pick()));
            line.put("prompt", sample.prompt());
            line.put("response", sample.response());
            line.put("reward", sample.reward());
            line.put("expected", sample.expected());
            ObjectNode components = line.putObject("components");
            sample.components().forEach(components::put);
            samples.add(line);
        }
    }

    private static void put(ObjectNode line, String name, @Nullable Double value) {
        line.putPOJO(name, value == null ? null : Figures.plain(value));
    }
}
