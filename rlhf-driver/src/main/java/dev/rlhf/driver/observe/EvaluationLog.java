package dev.rlhf.driver.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.run.Evaluation;
import java.nio.file.Path;
import java.util.TreeMap;

/**
 * {@code evaluations.jsonl}: one object an evaluation; that before a stage's first step has step 0.
 *
 * <p>Equal runs write equal lines but for the key {@code time_evaluate_s}.
 */
public final class EvaluationLog implements RunObserver {
    private final StepLines lines;

    /** Writes to {@code file}. */
    public EvaluationLog(Path file) {
        this.lines = new StepLines(file);
    }

    @Override
    public void evaluated(StageEvaluation done) {
        Evaluation evaluation = done.evaluation();
        ObjectNode line = StepLines.line(done.stage(), evaluation.step(), done.runStep());
        line.put("weight_version", evaluation.version().text());
        new TreeMap<>(evaluation.values()).forEach(line::put);
        line.put("time_evaluate_s", done.seconds());
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
}
