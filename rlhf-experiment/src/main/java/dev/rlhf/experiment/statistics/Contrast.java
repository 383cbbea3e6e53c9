package dev.rlhf.experiment.statistics;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * How much a measure rises from column to column, compared within each seed.
 *
 * <p>Each seed has a slope of its own, Σ(c − middle)·y_c / Σ(c − middle)²: what it has in common over its columns is no noise. Student's
 * test of these slopes against zero holds whether or not the effect is the same for every seed. With two columns it is the paired t test.
 *
 * @param slope mean rise from one column to the next
 * @param low lower bound of its 95 % interval; NaN where there is nothing to tell noise by
 * @param high upper bound of its 95 % interval; NaN where there is nothing to tell noise by
 * @param p probability of a slope at least as large in size where there is none; NaN where there is nothing to tell noise by: one seed, or
 *     seeds that differ in nothing, as small counts do by chance
 * @param size the slope in standard deviations of the seeds' slopes; NaN where there is nothing to tell noise by
 * @param seeds seeds that have every column
 * @param monotone whether the means over the seeds rise, or fall, from each column to the next
 */
public record Contrast(double slope, double low, double high, double p, double size, int seeds, boolean monotone) {
    /** Nobody runs more. */
    public static final int MOST_SEEDS = 200;

    private static final double POWER = 0.8;

    /**
     * Compares columns.
     *
     * @param bySeed a row a seed, a value a column; at least one row and two columns
     */
    public static Contrast of(double[][] bySeed) {
        double[] slopes = Arrays.stream(bySeed).mapToDouble(Contrast::slope).toArray();
        Interval mean = Interval.of(slopes);
        boolean monotone = isMonotone(bySeed);
        double half = mean.high() - mean.mean();
        if (!(half > 0)) {
            return new Contrast(mean.mean(), Double.NaN, Double.NaN, Double.NaN, Double.NaN, slopes.length, monotone);
        }
        double error = half / Interval.quantile(slopes.length - 1.0);
        return new Contrast(
                mean.mean(),
                mean.low(),
                mean.high(),
                2 * TDistribution.of(slopes.length - 1.0).survivalProbability(Math.abs(mean.mean() / error)),
                mean.mean() / (error * Math.sqrt(slopes.length)),
                slopes.length,
                monotone);
    }

    private static double slope(double[] row) {
        double middle = (row.length - 1) / 2.0;
        double spread = 0;
        double product = 0;
        for (int c = 0; c < row.length; c++) {
            spread += (c - middle) * (c - middle);
            product += (c - middle) * row[c];
        }
        return product / spread;
    }

    /**
     * How many seeds would tell a slope of this size in four experiments of five.
     *
     * <p>The least n above those there are with size · √n ≥ t₁₋level/₂ + t₀.₈, Student's quantiles for n seeds.
     *
     * @param level probability of a wrong conclusion that is put up with
     * @return seeds; empty where {@link #MOST_SEEDS} would not do
     */
    public OptionalInt seedsNeeded(double level) {
        return IntStream.rangeClosed(seeds + 1, MOST_SEEDS)
                .filter(n -> {
                    TDistribution student = TDistribution.of(n - 1.0);
                    return Math.abs(size) * Math.sqrt(n)
                            >= student.inverseSurvivalProbability(level / 2)
                                    + student.inverseCumulativeProbability(POWER);
                })
                .findFirst();
    }

    private static boolean isMonotone(double[][] bySeed) {
        double first = 0;
        for (int c = 1; c < bySeed[0].length; c++) {
            double step = 0;
            for (double[] row : bySeed) {
                step += row[c] - row[c - 1];
            }
            first = c == 1 ? step : first;
            if (step == 0 || step > 0 != first > 0) {
                return false;
            }
        }
        return true;
    }
}
