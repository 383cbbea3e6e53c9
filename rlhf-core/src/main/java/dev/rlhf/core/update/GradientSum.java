package dev.rlhf.core.update;

import java.util.LinkedHashMap;
import java.util.Map;

/** Gathers loss, derivatives and statistics of a slice of rows. */
final class GradientSum {
    private static final float[][] NONE = {};

    private final float[][] logProbs;
    private final float[][] entropies;
    private final float[][] values;
    private final Map<String, Double> statistics = new LinkedHashMap<>();
    private double loss;

    private GradientSum(float[][] logProbs, float[][] entropies, float[][] values) {
        this.logProbs = logProbs;
        this.entropies = entropies;
        this.values = values;
    }

    /** For losses of log-probs, and of entropies when {@code withEntropy}. */
    static GradientSum ofPolicy(TokenOutputs outputs, boolean withEntropy) {
        return new GradientSum(zeros(outputs.logProbs()), withEntropy ? zeros(outputs.entropies()) : NONE, NONE);
    }

    /** For losses of values or scores. */
    static GradientSum ofValues(TokenOutputs outputs) {
        return new GradientSum(NONE, NONE, zeros(outputs.values()));
    }

    void addLoss(double share) {
        loss += share;
    }

    void setLogProb(int row, int token, double derivative) {
        logProbs[row][token] = (float) derivative;
    }

    void setEntropy(int row, int token, double derivative) {
        entropies[row][token] = (float) derivative;
    }

    void setValue(int row, int token, double derivative) {
        values[row][token] = (float) derivative;
    }

    /** Adds a share of a statistic; shares of all slices add up to the mean. */
    void count(String name, double share) {
        statistics.merge(name, share, Double::sum);
    }

    TokenGradients done() {
        return new TokenGradients(loss, logProbs, entropies, values, statistics);
    }

    private static float[][] zeros(float[][] shape) {
        float[][] zeros = new float[shape.length][];
        for (int i = 0; i < shape.length; i++) {
            zeros[i] = new float[shape[i].length];
        }
        return zeros;
    }
}
