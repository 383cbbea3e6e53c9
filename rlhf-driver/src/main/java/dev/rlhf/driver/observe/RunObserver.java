package dev.rlhf.driver.observe;

import java.util.Set;

/** Is told what a run does, in order, on the run's own thread; an observer that fails stops the run. */
public interface RunObserver {
    /** A stage begins, or goes on after a resumption. */
    default void stageStarted(StageStarted stage) {}

    /** The model was measured; after a step, the step itself is told of next, with the same numbers. */
    default void evaluated(StageEvaluation evaluation) {}

    /** A step is done. */
    default void stepDone(StageStep step) {}

    /** A stage is done. */
    default void stageFinished(StageResult result) {}

    /** A checkpoint is about to be written: what was said of its steps must be on the disk when this returns. */
    default void checkpointing() {}

    /**
     * A checkpoint is whole on the disk.
     *
     * @param runSteps steps of the whole run that it has
     * @param seconds wall time that it took, in which nothing trained
     */
    default void checkpointed(int runSteps, double seconds) {}

    /** Something people should know. */
    default void notice(String message) {}

    /**
     * The run goes back to a checkpoint: what was said of steps after {@code runSteps} will be said again.
     *
     * @param finished names of the stages that stay finished, of which nothing will be said again
     */
    default void rewound(int runSteps, Set<String> finished) {}
}
