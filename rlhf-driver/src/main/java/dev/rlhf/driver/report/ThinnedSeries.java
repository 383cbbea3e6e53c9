package dev.rlhf.driver.report;

import dev.rlhf.driver.observe.Figures;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A long series as the few hundred points a screen can show. */
final class ThinnedSeries {
    /** More points than this do not fit the width of a chart. */
    static final int MOST_POINTS = 500;

    private static final MathContext DIGITS = new MathContext(7);

    private ThinnedSeries() {}

    /** How many steps one point stands for. */
    static int stepsPerPoint(int steps) {
        return Math.max(1, (steps + MOST_POINTS - 1) / MOST_POINTS);
    }

    /**
     * Means over successive runs of {@code size} values, to seven digits, whole ones as such; NaN is left out of a mean, and nothing
     * else makes null.
     *
     * <p>Example: {@code of([1, 3, NaN, 4.5, NaN], 2)} is {@code [2, 4.5, null]}.
     */
    static List<@Nullable Number> of(double[] values, int size) {
        List<@Nullable Number> points = new ArrayList<>();
        for (int start = 0; start < values.length; start += size) {
            double mean = Arrays.stream(values, start, Math.min(values.length, start + size))
                    .filter(Double::isFinite)
                    .average()
                    .orElse(Double.NaN);
            points.add(
                    Double.isFinite(mean)
                            ? Figures.plain(new BigDecimal(mean).round(DIGITS).doubleValue())
                            : null);
        }
        return points;
    }
}
