package dev.rlhf.experiment.statistics;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A mean with the interval that holds it with 95 % confidence.
 *
 * @param mean mean of the values
 * @param low lower bound; NaN for a single value
 * @param high upper bound; NaN for a single value
 * @param values how many values
 */
public record Interval(double mean, double low, double high, int values) {
    /** How sure an interval is. */
    public static final double CONFIDENCE = 0.95;

    /** Mean ± t·s/√n, Student's interval of at least one value. */
    public static Interval of(double[] values) {
        int count = values.length;
        double mean = Arrays.stream(values).sum() / count;
        if (count == 1) {
            return new Interval(mean, Double.NaN, Double.NaN, count);
        }
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        double half = quantile(count - 1) * Math.sqrt(squares / (count - 1) / count);
        return new Interval(mean, mean - half, mean + half, count);
    }

    /** Student's two-sided quantile of {@link #CONFIDENCE}. */
    static double quantile(double degreesOfFreedom) {
        return TDistribution.of(degreesOfFreedom).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
    }
}
