package dev.rlhf.learner;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.GradientSum;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Needs;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

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

    /** Drawn numbers for what a head says of these rows. */
    static FixedCoefficients drawn(Head head, List<TokenSequence> rows) {
        Random drawn = new Random(9);
        float[][] by = new float[rows.size()][];
        float[][] other = new float[rows.size()][];
        for (int row = 0; row < by.length; row++) {
            by[row] = new float[head == Head.REWARD ? 1 : rows.get(row).responseLength()];
            other[row] = new float[by[row].length];
            for (int t = 0; t < by[row].length; t++) {
                by[row][t] = (float) drawn.nextGaussian();
                other[row][t] = (float) drawn.nextGaussian();
            }
        }
        return head == Head.LANGUAGE_MODEL ? ofPolicy(by, other) : ofValues(by);
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
    public Needs needs() {
        Set<Output> used = EnumSet.noneOf(Output.class);
        add(used, Output.LOG_PROBS, logProbs);
        add(used, Output.ENTROPIES, entropies);
        add(used, Output.VALUES, values);
        return new Needs(used, used, Set.of(), rowsPerUnit, false);
    }

    private static void add(Set<Output> used, Output output, float[][] weights) {
        if (weights.length > 0) {
            used.add(output);
        }
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        return this::slice;
    }

    private void slice(int firstRow, TokenOutputs outputs, GradientSum sum) {
        sum.addLoss(dot(logProbs, firstRow, outputs.logProbs(), sum::addLogProb)
                + dot(entropies, firstRow, outputs.entropies(), sum::addEntropy)
                + dot(values, firstRow, outputs.values(), sum::addValue));
        sum.count("rows", Math.max(outputs.logProbs().length, outputs.values().length));
    }

    /** Takes a derivative. */
    @FunctionalInterface
    private interface Derivative {
        void add(int row, int token, double derivative);
    }

    private static double dot(float[][] weights, int first, float[][] outputs, Derivative derivative) {
        double sum = 0;
        for (int row = 0; row < outputs.length && weights.length > 0; row++) {
            for (int t = 0; t < outputs[row].length; t++) {
                sum += (double) weights[first + row][t] * outputs[row][t];
                derivative.add(row, t, weights[first + row][t]);
            }
        }
        return sum;
    }
}
