package dev.rlhf.core.update;

import java.util.List;

/** Rows in pairs: chosen at 2i, rejected at 2i+1. A pair counts when both of its rows have a token to learn from. */
final class Pairs {
    private Pairs() {}

    /**
     * Two rows that belong together; a pair that does not count weighs nothing.
     *
     * @param chosen its preferred row, at {@code i} in the slice
     * @param rejected its other row, at {@code i + 1}
     * @param weight what it weighs in a mean over pairs
     */
    record Pair(Experience chosen, Experience rejected, int i, double weight) {}

    /** The part of a loss that each pair has on its own. */
    @FunctionalInterface
    interface Term {
        /** Adds loss, derivatives and statistics of one pair. */
        void add(Pair pair, TokenOutputs outputs, GradientSum sum);
    }

    /** A loss that is {@code term} over all pairs. */
    static Objective.Prepared over(TrainingBatch batch, Term term) {
        List<Experience> rows = batch.rows();
        double[] weights = weights(rows);
        return (firstRow, outputs, sum) -> {
            for (int i = 0; i + 1 < outputs.rows(); i += 2) {
                int row = firstRow + i;
                term.add(new Pair(rows.get(row), rows.get(row + 1), i, weights[row / 2]), outputs, sum);
            }
        };
    }

    /** What a pair weighs in a mean over pairs, by pair; 0 for one that does not count. */
    private static double[] weights(List<Experience> rows) {
        double[] weights = new double[rows.size() / 2];
        int counted = 0;
        for (int pair = 0; pair < weights.length; pair++) {
            boolean counts = rows.get(2 * pair).trainedTokens() > 0
                    && rows.get(2 * pair + 1).trainedTokens() > 0;
            weights[pair] = counts ? 1 : 0;
            counted += counts ? 1 : 0;
        }
        for (int pair = 0; pair < weights.length; pair++) {
            weights[pair] /= Math.max(1, counted);
        }
        return weights;
    }

    /** log σ(x), without overflow. */
    static double logSigmoid(double x) {
        return x >= 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x));
    }

    /** σ(x), without overflow. */
    static double sigmoid(double x) {
        return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
    }
}
