package dev.rlhf.core.loop;

import dev.rlhf.core.run.StepReport;
import java.nio.file.Path;

/** The loop of one stage, step by step. */
public interface TrainingLoop {
    /**
     * One training step.
     *
     * @param step step within the stage, from 1; randomness of the step is a function of the stage's seed and this number
     * @throws dev.rlhf.core.base.RlhfException DIVERGED for a number that is not finite; the step has then published nothing
     */
    StepReport step(int step);

    /** What must be kept, beside the learners' states, to continue after the last step. */
    LoopState state();

    /** Writes the state of every learner of the loop, one folder each. */
    void saveLearners(Path directory);
}
