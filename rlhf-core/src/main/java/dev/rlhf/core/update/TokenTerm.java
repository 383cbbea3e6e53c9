package dev.rlhf.core.update;

/** The part of a loss that each trained token has on its own. */
@FunctionalInterface
interface TokenTerm {
    /**
     * A trained token.
     *
     * @param row its row
     * @param i index of the row in the slice
     * @param t index of the token in the response
     * @param weight what its loss counts in the loss of the batch
     * @param share what it counts in a mean over all trained tokens
     */
    record Place(Experience row, int i, int t, double weight, double share) {}

    /** Adds loss, derivatives and statistics of one token. */
    void add(Place place, TokenOutputs outputs, GradientSum sum);

    /** A loss that is {@code term} over all trained tokens. */
    static Objective.Prepared over(TrainingBatch batch, Reduction reduction, TokenTerm term) {
        double[] weights = reduction.weights(batch);
        double[] shares = Reduction.TOKEN_MEAN.weights(batch);
        return (firstRow, outputs, sum) -> {
            int count =
                    Math.max(outputs.logProbs().length, Math.max(outputs.entropies().length, outputs.values().length));
            for (int i = 0; i < count; i++) {
                Experience row = batch.rows().get(firstRow + i);
                for (int t = 0; t < row.mask().length; t++) {
                    if (row.mask()[t]) {
                        term.add(new Place(row, i, t, weights[firstRow + i], shares[firstRow + i]), outputs, sum);
                    }
                }
            }
        };
    }
}
