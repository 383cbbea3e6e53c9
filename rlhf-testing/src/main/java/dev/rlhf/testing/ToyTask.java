package dev.rlhf.testing;

import dev.rlhf.core.prompt.Prompt;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Say the letter after the given one, then stop: {@code "a" → "b"}, the last letter leads back to the first.
 *
 * <p>Token 0 ends a response, token k is the k-th letter. The answer is a field of each prompt, so every rule reward applies.
 */
public final class ToyTask {
    /** The token that ends a response. */
    public static final int END = 0;

    /** Letters there are. */
    public static final int LETTERS = 6;

    /** Tokens there are: the letters and the end. */
    public static final int VOCABULARY = LETTERS + 1;

    private ToyTask() {}

    /** One prompt a letter. */
    public static List<Prompt> prompts() {
        return IntStream.rangeClosed(1, LETTERS)
                .mapToObj(letter -> new Prompt(
                        "toy:" + letter,
                        letter(letter),
                        new int[] {letter},
                        Map.of(Prompt.ANSWER, letter(letter % LETTERS + 1))))
                .toList();
    }

    /** The letters of a response, its end left out. */
    public static String text(int[] tokens) {
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            text.append(token == END ? "" : letter(token));
        }
        return text.toString();
    }

    private static String letter(int token) {
        return String.valueOf((char) ('a' + token - 1));
    }
}
