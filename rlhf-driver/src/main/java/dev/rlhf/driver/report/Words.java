package dev.rlhf.driver.report;

import dev.rlhf.driver.observe.Figures;
import java.util.Locale;

/** Numbers as people read them; no line breaks between a number and its unit. */
final class Words {
    /** What stands where there is no number. */
    static final String NONE = "–";

    private Words() {}

    /** "67.3 %" of 0.673. */
    static String share(double share) {
        return unbroken(Figures.share(share));
    }

    /** Three decimals. */
    static String number(double value) {
        return Figures.number(value);
    }

    /** "0.8 s", "12 s", "3 min 20 s", "2 h 05 min". */
    static String duration(double seconds) {
        return unbroken(Figures.duration(seconds));
    }

    /** "1 step", "12,800 steps". */
    static String count(long count, String singular) {
        return String.format(Locale.ROOT, "%,d %s%s", count, singular, count == 1 ? "" : "s");
    }

    /** A setting without needless zeros: 0.001, 1.0E-6 becomes 1e-6, 2.0 becomes 2. */
    static String setting(double value) {
        String text = String.valueOf(value);
        return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text)
                .replace(".0E", "E")
                .replace('E', 'e');
    }

    /** A tiny number by its size: 3e-9. */
    static String power(double value) {
        return String.format(Locale.ROOT, "%.0e", value).replace("e-0", "e-");
    }

    private static String unbroken(String text) {
        return text.replace(' ', '\u00a0');
    }
}
