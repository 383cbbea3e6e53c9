package dev.rlhf.driver.config;

import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;

/**
 * How training samples are drawn.
 *
 * @param samplesPerPrompt completions of each prompt
 * @param temperature logits are divided by it
 * @param topP nucleus mass; 1 keeps all
 * @param topK tokens kept; 0 keeps all
 * @param maxTokens token budget of a completion
 */
@Block("sampling")
public record SamplingRecipe(
        @Range(min = 1) int samplesPerPrompt,
        @Range(above = 0) double temperature,
        @Range(above = 0, max = 1) double topP,
        @Range(min = 0) int topK,
        @Range(min = 1) int maxTokens) {

    /** These settings as the rollout engine takes them. */
    public SamplingParams params() {
        return new SamplingParams(samplesPerPrompt, temperature, topP, topK, maxTokens);
    }
}
