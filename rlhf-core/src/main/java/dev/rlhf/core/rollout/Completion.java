package dev.rlhf.core.rollout;

import dev.rlhf.core.base.WeightVersion;

/**
 * One sampled response, token ids as the server drew them (never re-tokenised text).
 *
 * <p>Example: {@code Completion([20, 1, 3, 0], [-0.1, -0.2, -0.1, -0.01], STOP, v000004, "tac")}.
 *
 * @param tokens token ids, [T], the stop token included when {@code finishReason} is STOP
 * @param logProbs log-probability of each token at the sampling temperature, [T], each at most 0
 * @param finishReason why it ended
 * @param version weights that were serving when the request was sent
 * @param text decoded response without special tokens
 */
public record Completion(
        int[] tokens, float[] logProbs, FinishReason finishReason, WeightVersion version, String text) {}
