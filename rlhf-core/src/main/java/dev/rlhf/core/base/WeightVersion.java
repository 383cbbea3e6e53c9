package dev.rlhf.core.base;

import java.util.Locale;

/**
 * The number of a set of weights; it grows by one with each publication to the generation servers.
 *
 * @param number 0 for the weights a run starts from
 */
public record WeightVersion(long number) implements Comparable<WeightVersion> {
    private static final String PREFIX = "v";

    /** Reads the text form, e.g. {@code v000007}; throws BUG when it is none. */
    public static WeightVersion parse(String text) {
        if (!text.matches("v\\d+")) {
            throw RlhfException.bug("not a weight version: " + text);
        }
        return new WeightVersion(Long.parseLong(text.substring(PREFIX.length())));
    }

    /** The next version. */
    public WeightVersion next() {
        return new WeightVersion(number + 1);
    }

    /** Text form as in directory names and on the wire, e.g. {@code v000007}. */
    public String text() {
        return PREFIX + String.format(Locale.ROOT, "%06d", number);
    }

    @Override
    public int compareTo(WeightVersion other) {
        return Long.compare(number, other.number);
    }
}
