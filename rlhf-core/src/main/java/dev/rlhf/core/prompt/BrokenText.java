package dev.rlhf.core.prompt;

import dev.rlhf.core.base.RlhfException;
import java.util.Locale;

/** Texts with half a character in them, left from cutting between the two halves of one, such as an emoji. */
public final class BrokenText {
    private BrokenText() {}

    /** Throws {@link RlhfException} of kind USER when {@code text} has a surrogate without its other half. */
    public static void refuse(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isHalf(text, i)) {
                throw RlhfException.user("the text has half a character (" + escaped(text.charAt(i)) + " at position "
                        + (i + 1) + "), left from cutting an emoji or the like in two; mend it or leave the text out");
            }
        }
    }

    private static boolean isHalf(String text, int i) {
        char unit = text.charAt(i);
        boolean endsPair = Character.isLowSurrogate(unit) && i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
        boolean startsPair = Character.isHighSurrogate(unit)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        return Character.isSurrogate(unit) && !endsPair && !startsPair;
    }

    private static String escaped(char unit) {
        return "\\u" + String.format(Locale.ROOT, "%04x", (int) unit);
    }
}
