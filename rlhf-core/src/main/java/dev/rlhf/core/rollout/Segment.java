package dev.rlhf.core.rollout;

import java.util.Arrays;

/**
 * A run of tokens of a response that have one author.
 *
 * @param author who wrote them
 * @param tokens token ids, [T]
 * @param logProbs log-probability of each token at the sampling temperature, [T], each at most 0; 0 where the model did not draw it
 */
public record Segment(Author author, int[] tokens, float[] logProbs) {
    /** Who writes tokens of a response. */
    public enum Author {
        /** The policy, which is trained on them. */
        MODEL,
        /** A tool or an environment: the policy reads them and did not draw them. */
        ENVIRONMENT
    }

    /** Tokens that the policy drew. */
    public static Segment drawn(int[] tokens, float[] logProbs) {
        return new Segment(Author.MODEL, tokens, logProbs);
    }

    /** Tokens that the policy was given. */
    public static Segment given(int[] tokens) {
        return new Segment(Author.ENVIRONMENT, tokens, new float[tokens.length]);
    }

    /** Whether the policy drew its tokens. */
    boolean isDrawn() {
        return switch (author) {
            case MODEL -> true;
            case ENVIRONMENT -> false;
        };
    }

    /** True on tokens that the policy drew, [T]. */
    boolean[] mask() {
        boolean[] mask = new boolean[tokens.length];
        Arrays.fill(mask, isDrawn());
        return mask;
    }
}
