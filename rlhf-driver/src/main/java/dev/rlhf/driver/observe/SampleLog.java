package dev.rlhf.driver.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Constant;
import dev.rlhf.core.run.Sample;
import java.nio.file.Path;
import java.util.List;

/** {@code samples.jsonl}: a few completions of each step and of each evaluation, for people to read. */
public final class SampleLog implements RunObserver {
    private final StepLines lines;

    /** Writes to {@code file}. */
    public SampleLog(Path file) {
        this.lines = new StepLines(file);
    }

    @Override
    public void evaluated(StageEvaluation done) {
        write(
                done.stage(),
                done.evaluation().step(),
                done.runStep(),
                done.evaluation().samples());
    }

    @Override
    public void stepDone(StageStep step) {
        write(step.stage(), step.report().step(), step.runStep(), step.report().samples());
    }

    @Override
    public void checkpointing() {
        lines.sync();
    }

    @Override
    public void rewound(int runSteps) {
        lines.rewind(runSteps);
    }

    private void write(String stage, int step, int runStep, List<Sample> samples) {
        for (Sample sample : samples) {
            ObjectNode line = StepLines.line(stage, step, runStep);
            line.put("pick", Constant.text(sample.pick()));
            line.put("prompt", sample.prompt());
            line.put("response", sample.response());
            line.put("reward", sample.reward());
            line.put("expected", sample.expected());
            ObjectNode components = line.putObject("components");
            sample.components().forEach(components::put);
            lines.add(line);
        }
    }
}
