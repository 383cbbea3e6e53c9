package dev.rlhf.learner;

import java.util.Arrays;
import java.util.function.Function;

/**
 * Text token by token, as the tokenizers library's {@code DecodeStream} and with it vLLM give it.
 *
 * <p>What a token adds is the difference of two decoded windows, with and without it, since many decoders treat the first token of
 * a text in a way of its own.
 */
final class TextStream {
    private static final String UNFINISHED = "\uFFFD";
    private static final int SHORTEST_CONTEXT = 4;
    private static final int LONGEST_CONTEXT = 24;

    private final Function<int[], String> decode;
    private int[] window;
    private String prefix;
    private int prefixLength;

    /**
     * A stream after a text.
     *
     * @param decode text of a run of tokens, special ones left out
     * @param before tokens of the text before, perhaps none
     */
    TextStream(Function<int[], String> decode, int[] before) {
        this.decode = decode;
        this.window = context(decode, before);
        this.prefix = withoutUnfinished(decode.apply(window));
        this.prefixLength = window.length;
    }

    /** The text that one more token adds, empty while a character is unfinished. */
    String next(int token) {
        int[] longer = Arrays.copyOf(window, window.length + 1);
        longer[window.length] = token;
        String text = decode.apply(longer);
        if (!text.startsWith(prefix)) {
            // Broken UTF-8 can change what was decoded before; begin anew, as vLLM does.
            longer = new int[] {token};
            prefix = "";
            prefixLength = 0;
            text = decode.apply(longer);
        }
        if (text.length() <= prefix.length() || text.endsWith(UNFINISHED)) {
            window = longer;
            return "";
        }
        String added = text.substring(prefix.length());
        window = Arrays.copyOfRange(longer, prefixLength, longer.length);
        prefix = decode.apply(window);
        prefixLength = window.length;
        return added;
    }

    /** The shortest end of the text before that does not begin within a character. */
    private static int[] context(Function<int[], String> decode, int[] before) {
        for (int length = SHORTEST_CONTEXT; length < Math.min(before.length, LONGEST_CONTEXT); length++) {
            int[] end = Arrays.copyOfRange(before, before.length - length, before.length);
            if (!decode.apply(end).contains(UNFINISHED)) {
                return end;
            }
        }
        return before;
    }

    private static String withoutUnfinished(String text) {
        return text.endsWith(UNFINISHED) ? withoutUnfinished(text.substring(0, text.length() - 1)) : text;
    }
}
