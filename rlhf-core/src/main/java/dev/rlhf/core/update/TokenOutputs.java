package dev.rlhf.core.update;

/**
 * What a network says of some rows, per response token.
 *
 * <p>A language model fills {@code logProbs} and {@code entropies}. A value model fills {@code values} with [T] numbers a
 * row: the value of the state <em>before</em> response token t. A reward model fills {@code values} with one number a
 * row: the score read at the last token. What a network does not have is an array of length 0.
 *
 * @param logProbs log-prob of each response token, [B][T]
 * @param entropies entropy of the distribution each response token was drawn from, in nats, [B][T]
 * @param values [B][T] of a value model, [B][1] of a reward model
 */
public record TokenOutputs(float[][] logProbs, float[][] entropies, float[][] values) {
    private static final float[][] NONE = {};

    /** Number of rows, B. */
    int rows() {
        return Math.max(logProbs.length, Math.max(entropies.length, values.length));
    }

    /** Outputs of a language model. */
    public static TokenOutputs ofPolicy(float[][] logProbs, float[][] entropies) {
        return new TokenOutputs(logProbs, entropies, NONE);
    }

    /** Outputs of a value or reward model. */
    public static TokenOutputs ofValues(float[][] values) {
        return new TokenOutputs(NONE, NONE, values);
    }
}
