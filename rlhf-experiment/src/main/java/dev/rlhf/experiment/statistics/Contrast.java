package dev.rlhf.experiment.statistics;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * How much a measure rises from column to column, compared within each seed.
 *
 * <p>The model is y = a_seed + slope · column + noise, by least squares: what a seed has in common over its columns is no noise. With
 * two columns this is the paired t test; with more, the linear contrast of a randomised block design (Montgomery, Design and
 * Analysis of Experiments, chapter 4). The interval is Student's with seeds · (columns − 1) − 1 degrees of freedom.
 *
 * @param slope rise from one column to the next
 * @param low lower bound of its 95 % interval; NaN where there is nothing to tell noise by
 * @param high upper bound of its 95 % interval; NaN where there is nothing to tell noise by
 * @param p probability of a slope at least as large in size where there is none; NaN where there is nothing to tell noise by
 * @param size the slope in standard deviations of the noise; NaN where there is no noise
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
        int seeds = bySeed.length;
        int columns = bySeed[0].length;
        double middle = (columns - 1) / 2.0;
        double spread = 0;
        double product = 0;
        for (double[] row : bySeed) {
            double mean = Arrays.stream(row).sum() / columns;
            for (int c = 0; c < columns; c++) {
                spread += (c - middle) * (c - middle);
                product += (c - middle) * (row[c] - mean);
            }
        }
        double slope = product / spread;
        double squares = unexplained(bySeed, slope, middle);
        int freedom = seeds * (columns - 1) - 1;
        boolean monotone = isMonotone(bySeed);
        if (freedom < 1) {
            return new Contrast(slope, Double.NaN, Double.NaN, Double.NaN, Double.NaN, seeds, monotone);
        }
        double deviation = Math.sqrt(squares / freedom);
        double error = deviation / Math.sqrt(spread);
        double half = Interval.quantile(freedom) * error;
        return new Contrast(
                slope,
                slope - half,
                slope + half,
                probability(slope, error, freedom),
                deviation == 0 ? Double.NaN : slope / deviation,
                seeds,
                monotone);
    }

    /**
     * How many seeds would tell a slope of this size in four experiments of five.
     *
     * <p>The least n above those there are with size · √(n · Σ(column − middle)²) ≥ t₁₋level/₂ + t₀.₈, Student's quantiles for n seeds.
     *
     * @param columns how many columns were compared
     * @param level probability of a wrong conclusion that is put up with
     * @return seeds; empty where {@link #MOST_SEEDS} would not do
     */
    public OptionalInt seedsNeeded(int columns, double level) {
        double spread = columns * ((double) columns * columns - 1) / 12;
        return IntStream.rangeClosed(seeds + 1, MOST_SEEDS)
                .filter(n -> {
                    TDistribution student = TDistribution.of(n * (columns - 1.0) - 1);
                    return Math.abs(size) * Math.sqrt(n * spread)
                            >= student.inverseSurvivalProbability(level / 2)
                                    + student.inverseCumulativeProbability(POWER);
                })
                .findFirst();
    }

    private static double unexplained(double[][] bySeed, double slope, double middle) {
        double squares = 0;
        for (double[] row : bySeed) {
            double mean = Arrays.stream(row).sum() / row.length;
            for (int c = 0; c < row.length; c++) {
                double left = row[c] - mean - slope * (c - middle);
                squares += left * left;
            }
        }
        return squares;
    }

    private static double probability(double slope, double error, int freedom) {
        if (error == 0) {
            return slope == 0 ? 1 : 0;
        }
        return 2 * TDistribution.of(freedom).survivalProbability(Math.abs(slope / error));
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
