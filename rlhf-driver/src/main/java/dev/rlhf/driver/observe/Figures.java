package dev.rlhf.driver.observe;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures as people read them. */
public final class Figures {
    /** From here on tenths of a second, which would round to 10.0, are of no interest. */
    private static final double LONG_ENOUGH = 9.95;

    /** Whole numbers below this are exact as doubles, and are written with all their digits. */
    private static final double EXACT = 1e15;

    private static final String CHANGE = " -> ";
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;

    private Figures() {}

    /** "67.3 %" of 0.673. */
    public static String share(double share) {
        return decimals(1, 100 * share) + " %";
    }

    /** "43.0 %", with what it was before "12.5 -> 43.0 %"; only plain letters, since a console may know no others. */
    public static String share(@Nullable Double before, double after) {
        return (before == null ? "" : decimals(1, 100 * before) + CHANGE) + share(after);
    }

    /** Three decimals, with what it was before "3.418 -> 2.047". */
    public static String number(@Nullable Double before, double after) {
        return (before == null ? "" : number(before) + CHANGE) + number(after);
    }

    /** Three decimals. */
    public static String number(double value) {
        return decimals(3, value);
    }

    /** "0.8 s", "12 s", "3 min 20 s", "2 h 05 min". */
    public static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < MINUTE) {
            return decimals(seconds < LONG_ENOUGH ? 1 : 0, seconds) + " s";
        }
        return whole < HOUR
                ? String.format(Locale.ROOT, "%d min %02d s", whole / MINUTE, whole % MINUTE)
                : String.format(Locale.ROOT, "%d h %02d min", whole / HOUR, whole % HOUR / MINUTE);
    }

    /** A setting without needless zeros: 0.001, 1.0E-6 becomes 1e-6, 2.0 becomes 2. */
    public static String setting(double value) {
        return String.valueOf(value).replaceFirst("\\.0(?=E|$)", "").replace('E', 'e');
    }

    /** "1 step", "12,800 steps". */
    public static String count(long count, String singular) {
        return String.format(Locale.ROOT, "%,d %s%s", count, singular, count == 1 ? "" : "s");
    }

    /** As JSON has it: a whole number without decimals. */
    public static Number plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < EXACT ? (Number) (long) value : (Number) value;
    }

    /** For a page that must not break a line between a number and its unit. */
    public static String unbroken(String text) {
        return text.replace(' ', '\u00a0');
    }

    /** Nobody wants to read "-0.000". */
    private static String decimals(int digits, double value) {
        String text = String.format(Locale.ROOT, "%." + digits + "f", value);
        return text.matches("-0\\.0*") ? text.substring(1) : text;
    }
}
