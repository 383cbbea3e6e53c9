package dev.rlhf.driver.stage.rejection;

import dev.rlhf.core.loop.LoopState;
import dev.rlhf.core.loop.StepSamples;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.core.select.Selection;
import java.nio.file.Path;

/** Learning from samples that were chosen before the first step, which tells of them. */
record SelectedLoop(TrainingLoop learning, Selection selection) implements TrainingLoop {
    @Override
    public StepReport step(int step) {
        StepReport report = learning.step(step);
        if (step > 1) {
            return report;
        }
        StepReport told = report.with(selection.metrics());
        return new StepReport(
                told.step(), told.version(), told.metrics(), told.seconds(), StepSamples.of(selection.groups()));
    }

    @Override
    public LoopState state() {
        return learning.state();
    }

    @Override
    public void saveLearners(Path directory) {
        learning.saveLearners(directory);
    }
}
