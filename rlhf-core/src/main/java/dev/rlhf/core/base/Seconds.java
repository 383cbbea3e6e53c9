package dev.rlhf.core.base;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations as messages say them. */
public final class Seconds {
    private Seconds() {}

    /** Seconds to a tenth, e.g. {@code 2 s} or {@code 0.3 s}. */
    public static String text(Duration duration) {
        long tenths = Math.round(duration.toMillis() / 100.0);
        return BigDecimal.valueOf(tenths, 1).stripTrailingZeros().toPlainString() + " s";
    }
}
