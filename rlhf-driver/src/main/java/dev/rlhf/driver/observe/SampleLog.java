package dev.rlhf.driver.observe;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.run.Sample;
import java.nio.file.Path;

/** {@code samples.jsonl}: a few completions of each step, for people to read. */
public final class SampleLog implements RunObserver {
    private final StepLines lines;

    /** Writes to {@code file}. */
    public SampleLog(Path file) {
        this.lines = new StepLines(file);
    }

    @Override
    public void stepDone(StageStep step) {
        for (Sample sample : step.report().samples()) {
            ObjectNode line = JsonNodeFactory.instance.objectNode();
            line.put("stage", step.stage());
            line.put("step", step.report().step());
            line.put(StepLines.RUN_STEP, step.runStep());
            line.put("prompt", sample.prompt());
            line.put("response", sample.response());
            line.put("reward", sample.reward());
            lines.add(line);
        }
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
