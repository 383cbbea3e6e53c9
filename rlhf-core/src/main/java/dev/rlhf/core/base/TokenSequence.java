package dev.rlhf.core.base;

import java.util.Arrays;

/**
 * A prompt and its response as one run of token ids.
 *
 * <p>Example: prompt {@code [5, 9]}, response {@code [7, 2]} is {@code tokens = [5, 9, 7, 2], promptLength = 2}. Per-token
 * numbers elsewhere (log-probs, advantages, values) are indexed by <em>response position</em>: index t belongs to
 * {@code tokens[promptLength + t]}.
 *
 * @param tokens token ids, [P+T], prompt first
 * @param promptLength P, at least 1, at most {@code tokens.length}
 */
public record TokenSequence(int[] tokens, int promptLength) {

    /** Checks the lengths; throws {@link RlhfException} of kind BUG when they do not fit. */
    public TokenSequence {
        if (promptLength < 1 || promptLength > tokens.length) {
            throw RlhfException.bug(
                    "prompt length " + promptLength + " does not fit a sequence of " + tokens.length + " tokens");
        }
    }

    /** Joins a prompt [P] and a response [T]. */
    public static TokenSequence of(int[] prompt, int[] response) {
        int[] joined = Arrays.copyOf(prompt, prompt.length + response.length);
        System.arraycopy(response, 0, joined, prompt.length, response.length);
        return new TokenSequence(joined, prompt.length);
    }

    /** Number of tokens, P+T. */
    public int length() {
        return tokens.length;
    }

    /** Number of response tokens, T, possibly 0. */
    public int responseLength() {
        return tokens.length - promptLength;
    }

    /** The response tokens, [T], a copy. */
    public int[] response() {
        return Arrays.copyOfRange(tokens, promptLength, tokens.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenSequence that
                && promptLength == that.promptLength
                && Arrays.equals(tokens, that.tokens);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(tokens) + promptLength;
    }

    @Override
    public String toString() {
        return "TokenSequence[promptLength=" + promptLength + ", tokens=" + Arrays.toString(tokens) + "]";
    }
}
