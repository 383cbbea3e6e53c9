package dev.rlhf.core.update;

import java.nio.file.Path;

/** A network with an optimiser: it takes steps on any objective and knows none. */
public interface Learner extends Network {
    /**
     * One optimiser step on the whole batch, accumulated over micro-batches.
     *
     * @throws dev.rlhf.core.base.RlhfException DIVERGED when the loss or a gradient is not finite; the weights are then
     *     unchanged
     */
    UpdateReport update(TrainingBatch batch, Objective objective);

    /** Writes weights, optimiser moments and step count into a directory of a checkpoint. */
    void saveState(Path stateDirectory);

    /**
     * Continues from what {@link #saveState} wrote.
     *
     * @throws dev.rlhf.core.base.RlhfException USER when the directory is missing or damaged, naming the file
     */
    void loadState(Path stateDirectory);
}
