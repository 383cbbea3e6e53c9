package dev.rlhf.driver.report;

import dev.rlhf.driver.observe.Figures;
import java.util.Locale;

/** Numbers in the words of the page; no line breaks between a number and its unit. */
final class Text {
    /** What stands where there is no number. */
    static final String NONE = "–";

    private Text() {}

    /** "67.3 %" of 0.673. */
    static String share(double share) {
        return unbroken(Figures.share(share));
    }

    /** "0.8 s", "12 s", "3 min 20 s", "2 h 05 min". */
    static String duration(double seconds) {
        return unbroken(Figures.duration(seconds));
    }

    /** "1 step", "12,800 steps". */
    static String count(long count, String singular) {
        return String.format(Locale.ROOT, "%,d %s%s", count, singular, count == 1 ? "" : "s");
    }

    private static String unbroken(String text) {
        return text.replace(' ', '\u00a0');
    }
}
