package dev.rlhf.core.rollout;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;

/**
 * How completions are drawn.
 *
 * @param samplesPerPrompt completions of each prompt
 * @param temperature logits are divided by it; 0, which is for evaluations alone, is greedy
 * @param topP nucleus mass; 1 keeps all
 * @param topK tokens kept; 0 keeps all
 * @param maxTokens token budget of a completion
 */
@Block("sampling")
public record SamplingParams(
        @Range(min = 1) int samplesPerPrompt,
        @Range(above = 0) double temperature,
        @Range(above = 0, max = 1) double topP,
        @Range(min = 0) int topK,
        @Range(min = 1) int maxTokens) {
    /** One greedy completion of at most {@code maxTokens} tokens, for evaluation. */
    public static SamplingParams greedy(int maxTokens) {
        return new SamplingParams(1, 0, 1, 0, maxTokens);
    }
}
