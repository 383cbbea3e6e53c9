package dev.rlhf.driver.report;

import dev.rlhf.driver.observe.Metric;
import dev.rlhf.driver.observe.Metrics;
import dev.rlhf.experiment.statistics.Interval;
import java.util.Locale;

/**
 * How numbers of a measure are written: with as many decimals as their interval gives a meaning to.
 *
 * @param factor what they are multiplied by
 * @param unit what follows a number
 * @param difference what follows a difference of two
 */
record NumberForm(double factor, String unit, String difference) {
    private static final NumberForm PLAIN = new NumberForm(1, "", "");
    private static final NumberForm SHARE = new NumberForm(100, " %", " points");

    /** Digits of a number that stand for something, and of half an interval. */
    private static final int DIGITS = 3;

    private static final int INTERVAL_DIGITS = 2;
    private static final int MOST_DECIMALS = 6;
    private static final double LARGE = 1e7;

    /** The form of a number by its key in the run's files: shares are read in per cent. */
    static NumberForm of(String number) {
        return Metrics.of(number).map(Metric::isShare).orElse(false) ? SHARE : PLAIN;
    }

    /** "12.3 (10.1 … 14.5)"; the mean alone where it has no interval. */
    String mean(Interval mean) {
        double half = half(mean.low(), mean.high());
        int decimals = decimals(mean.mean(), half);
        String text = text(mean.mean(), decimals);
        return Double.isNaN(half) ? text + unit : text + " (" + range(mean.low(), mean.high(), decimals) + ")" + unit;
    }

    /** A number on its own. */
    String value(double value) {
        return text(value, decimals(value, Double.NaN)) + unit;
    }

    /** "−12.3", "+0.12", "+3.1 points". */
    String rise(double rise, double low, double high) {
        String text = text(rise, decimals(rise, half(low, high)));
        return (text.startsWith("−") || text.matches("0(\\.0*)?") ? text : "+" + text) + difference;
    }

    /** The bounds of a rise: "−15.1 … −9.5". */
    String bounds(double rise, double low, double high) {
        return range(low, high, decimals(rise, half(low, high)));
    }

    private String range(double low, double high, int decimals) {
        return text(low, decimals) + " … " + text(high, decimals);
    }

    private double half(double low, double high) {
        return factor * (high - low) / 2;
    }

    /** As many as show two digits of half the interval; three of the number where there is no interval. */
    private int decimals(double value, double half) {
        double size = half > 0 ? half : Math.abs(factor * value);
        int digits = half > 0 ? INTERVAL_DIGITS : DIGITS;
        if (size == 0 || !Double.isFinite(size)) {
            return 0;
        }
        return Math.max(0, digits - 1 - (int) Math.floor(Math.log10(size)));
    }

    /** A true minus; powers of ten where decimals would be zeros for the most part. */
    private String text(double value, int decimals) {
        double scaled = factor * value;
        boolean isLong = decimals > MOST_DECIMALS || Math.abs(scaled) >= LARGE;
        String text = isLong && scaled != 0
                ? String.format(Locale.ROOT, "%.1e", scaled)
                        .replaceFirst("e([+-])0*(?=\\d)", "e$1")
                        .replace("e+", "e")
                : String.format(Locale.ROOT, "%." + Math.min(decimals, MOST_DECIMALS) + "f", scaled);
        return (text.matches("-0(\\.0*)?") ? text.substring(1) : text).replace('-', '−');
    }
}
