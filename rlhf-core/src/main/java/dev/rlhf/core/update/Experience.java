package dev.rlhf.core.update;

import dev.rlhf.core.base.TokenSequence;
import java.util.Arrays;

/**
 * One row of a training batch: a sequence and all that is known of each response token.
 *
 * <p>Every array is either [T] (T = {@code sequence.responseLength()}) or empty where the algorithm has no use for it.
 * Rows are ragged: there is no padding outside the learner.
 *
 * @param sequence prompt and response
 * @param mask true where a token is trained on, [T]
 * @param rolloutLogProbs log-probs from the generation server, [T] or empty
 * @param oldLogProbs log-probs of the learner's policy at the start of the update, [T] or empty
 * @param referenceLogProbs log-probs of the frozen reference policy, [T] or empty
 * @param values critic's values at the start of the update, [T] or empty
 * @param advantages [T] or empty
 * @param returns regression targets of the critic, [T] or empty
 */
public record Experience(
        TokenSequence sequence,
        boolean[] mask,
        float[] rolloutLogProbs,
        float[] oldLogProbs,
        float[] referenceLogProbs,
        float[] values,
        float[] advantages,
        float[] returns) {
    private static final float[] NONE = {};

    /** A row that trains on the whole response and carries nothing else. */
    public static Experience of(TokenSequence sequence) {
        boolean[] all = new boolean[sequence.responseLength()];
        Arrays.fill(all, true);
        return new Experience(sequence, all, NONE, NONE, NONE, NONE, NONE, NONE);
    }

    /** This row with the log-probs of the reference policy, [T]. */
    public Experience withReferenceLogProbs(float[] logProbs) {
        return new Experience(sequence, mask, rolloutLogProbs, oldLogProbs, logProbs, values, advantages, returns);
    }

    /** Number of response tokens that are trained on. */
    public int trainedTokens() {
        int count = 0;
        for (boolean trained : mask) {
            count += trained ? 1 : 0;
        }
        return count;
    }
}
