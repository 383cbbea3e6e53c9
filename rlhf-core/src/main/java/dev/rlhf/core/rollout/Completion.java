package dev.rlhf.core.rollout;

import dev.rlhf.core.base.WeightVersion;
import java.util.List;

/**
 * One sampled response, token ids as the server drew them (never re-tokenised text).
 *
 * <p>Example: {@code Completion([20, 1, 3, 0], [-0.1, -0.2, -0.1, -0.01], STOP, v000004, "tac")}.
 *
 * @param trajectory its tokens, the stop token included when {@code finishReason} is STOP
 * @param finishReason why it ended
 * @param version weights that drew it
 * @param text decoded response without special tokens
 */
public record Completion(Trajectory trajectory, FinishReason finishReason, WeightVersion version, String text) {
    /** A response that the policy drew from its first to its last token. */
    public Completion(int[] tokens, float[] logProbs, FinishReason finishReason, WeightVersion version, String text) {
        this(new Trajectory(List.of(Segment.drawn(tokens, logProbs))), finishReason, version, text);
    }

    /** Token ids, [T]. */
    public int[] tokens() {
        return trajectory.tokens();
    }

    /** Log-probability of each token at the sampling temperature, [T]; 0 where the policy did not draw it. */
    public float[] logProbs() {
        return trajectory.logProbs();
    }

    /** True on tokens that the policy drew, [T]. */
    public boolean[] mask() {
        return trajectory.mask();
    }
}
