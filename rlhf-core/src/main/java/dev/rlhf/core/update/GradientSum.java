package dev.rlhf.core.update;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Gathers loss, derivatives and statistics of a slice of rows. */
public final class GradientSum {
    private static final double[][] NONE = {};

    private final double[][] logProbs;
    private final double[][] entropies;
    private final double[][] values;
    private final Map<String, Double> statistics = new LinkedHashMap<>();
    private final Map<String, Double> largest = new LinkedHashMap<>();
    private double loss;

    /** Nothing yet, with room for the derivatives by some of {@code outputs}. */
    public GradientSum(TokenOutputs outputs, Set<Output> differentiated) {
        this.logProbs = differentiated.contains(Output.LOG_PROBS) ? zeros(outputs.logProbs()) : NONE;
        this.entropies = differentiated.contains(Output.ENTROPIES) ? zeros(outputs.entropies()) : NONE;
        this.values = differentiated.contains(Output.VALUES) ? zeros(outputs.values()) : NONE;
    }

    /** Adds a share of the loss of the whole batch. */
    public void addLoss(double share) {
        loss += share;
    }

    /** Adds to dL/dlogp of a token. */
    public void addLogProb(int row, int token, double derivative) {
        logProbs[row][token] += derivative;
    }

    /** Adds the same to dL/dlogp of every token of {@code mask}, [T], of a row. */
    public void addLogProbs(int row, boolean[] mask, double derivative) {
        for (int t = 0; t < mask.length; t++) {
            if (mask[t]) {
                addLogProb(row, t, derivative);
            }
        }
    }

    /** Adds to dL/dH of a token. */
    public void addEntropy(int row, int token, double derivative) {
        entropies[row][token] += derivative;
    }

    /** Adds to dL/dV of a token, or of a row's score at token 0. */
    public void addValue(int row, int token, double derivative) {
        values[row][token] += derivative;
    }

    /** Adds a share of a statistic; shares of all slices add up to the mean. */
    public void count(String name, double share) {
        statistics.merge(name, share, Double::sum);
    }

    /** Notes a number of which the whole batch's largest is told. */
    public void largest(String name, double value) {
        largest.merge(name, value, Math::max);
    }

    /** Loss so far. */
    public double loss() {
        return loss;
    }

    /** dL/dlogp so far, [B][T] or length 0. */
    public double[][] logProbs() {
        return logProbs;
    }

    /** dL/dH so far, [B][T] or length 0. */
    public double[][] entropies() {
        return entropies;
    }

    /** dL/dV so far, shaped like the outputs' values, or length 0. */
    public double[][] values() {
        return values;
    }

    /** The sums as the learner takes them. */
    TokenGradients done() {
        return new TokenGradients(loss, floats(logProbs), floats(entropies), floats(values), statistics, largest);
    }

    private static double[][] zeros(float[][] shape) {
        double[][] zeros = new double[shape.length][];
        for (int i = 0; i < shape.length; i++) {
            zeros[i] = new double[shape[i].length];
        }
        return zeros;
    }

    private static float[][] floats(double[][] sums) {
        float[][] rounded = new float[sums.length][];
        for (int i = 0; i < sums.length; i++) {
            rounded[i] = new float[sums[i].length];
            for (int t = 0; t < sums[i].length; t++) {
                rounded[i][t] = (float) sums[i][t];
            }
        }
        return rounded;
    }
}
