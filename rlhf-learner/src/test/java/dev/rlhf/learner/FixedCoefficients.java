package dev.rlhf.learner;

import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import java.util.Arrays;
import java.util.Map;

/** The objective {@code Σ a·logp + b·H + c·V} with given numbers; an array of length 0 leaves its term out. */
record FixedCoefficients(float[][] logProbs, float[][] entropies, float[][] values, int rowsPerUnit)
        implements Objective {
    private static final float[][] NONE = {};

    static FixedCoefficients ofPolicy(float[][] logProbs, float[][] entropies) {
        return new FixedCoefficients(logProbs, entropies, NONE, 1);
    }

    static FixedCoefficients ofValues(float[][] values) {
        return new FixedCoefficients(NONE, NONE, values, 1);
    }

    /** The mean negative log-likelihood of all response tokens. */
    static FixedCoefficients likelihood(TrainingBatch batch) {
        int tokens =
                batch.sequences().stream().mapToInt(row -> row.responseLength()).sum();
        float[][] weights = new float[batch.rows().size()][];
        for (int row = 0; row < weights.length; row++) {
            weights[row] = new float[batch.sequences().get(row).responseLength()];
            Arrays.fill(weights[row], -1f / tokens);
        }
        return ofPolicy(weights, NONE);
    }

    @Override
    public Bound over(TrainingBatch batch) {
        return this::slice;
    }

    private TokenGradients slice(int firstRow, TokenOutputs outputs) {
        double loss = dot(logProbs, firstRow, outputs.logProbs())
                + dot(entropies, firstRow, outputs.entropies())
                + dot(values, firstRow, outputs.values());
        int count = Math.max(outputs.logProbs().length, outputs.values().length);
        return new TokenGradients(
                loss,
                part(logProbs, firstRow, count),
                part(entropies, firstRow, count),
                part(values, firstRow, count),
                Map.of("rows", (double) count));
    }

    private static float[][] part(float[][] whole, int first, int count) {
        return whole.length == 0 ? NONE : Arrays.copyOfRange(whole, first, first + count);
    }

    private static double dot(float[][] weights, int first, float[][] outputs) {
        double sum = 0;
        for (int row = 0; row < outputs.length && weights.length > 0; row++) {
            for (int t = 0; t < outputs[row].length; t++) {
                sum += (double) weights[first + row][t] * outputs[row][t];
            }
        }
        return sum;
    }
}
