package dev.rlhf.core.update;

/**
 * A loss over per-token log-probs, entropies and values.
 *
 * <p>Objectives are pure functions on arrays. The learner knows none of them: it asks for gradients and back-propagates.
 * Implementations are records, so that they travel to an actor as they are.
 */
public interface Objective {
    /** Fixes what depends on the whole batch: denominators, whitening. */
    Bound over(TrainingBatch batch);

    /** Rows that must stay together in a micro-batch: 2 for preference pairs (chosen, rejected), else 1. */
    default int rowsPerUnit() {
        return 1;
    }

    /** Whether dL/dH can be other than zero; if not, the learner need not differentiate the entropy. */
    default boolean usesEntropy() {
        return false;
    }

    /** An objective over one batch, evaluated slice by slice. */
    interface Bound {
        /**
         * Loss and derivatives of rows {@code [firstRow, firstRow + B)}.
         *
         * <p>Any split into slices gives the same sum of losses and the same derivatives.
         *
         * @param firstRow index in the batch of the first row of {@code outputs}
         * @param outputs what the network said of those rows
         */
        TokenGradients gradients(int firstRow, TokenOutputs outputs);
    }
}
