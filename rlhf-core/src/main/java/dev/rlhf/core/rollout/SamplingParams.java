package dev.rlhf.core.rollout;

import dev.rlhf.core.base.RlhfException;

/**
 * How completions are drawn.
 *
 * @param samplesPerPrompt n, at least 1
 * @param temperature above 0 to sample, 0 for greedy
 * @param topP nucleus mass in (0, 1]; 1 keeps all
 * @param topK number of tokens kept; 0 keeps all
 * @param maxTokens token budget of a completion, at least 1
 */
public record SamplingParams(int samplesPerPrompt, double temperature, double topP, int topK, int maxTokens) {

    /** Checks the ranges; throws USER. */
    public SamplingParams {
        require(samplesPerPrompt >= 1, "samples-per-prompt must be at least 1, not " + samplesPerPrompt);
        require(temperature >= 0 && Double.isFinite(temperature), "temperature must be 0 or more, not " + temperature);
        require(topP > 0 && topP <= 1, "top-p must be in (0, 1], not " + topP);
        require(topK >= 0, "top-k must be 0 (all) or more, not " + topK);
        require(maxTokens >= 1, "max-tokens must be at least 1, not " + maxTokens);
    }

    /** One greedy completion of at most {@code maxTokens} tokens, for evaluation. */
    public static SamplingParams greedy(int maxTokens) {
        return new SamplingParams(1, 0, 1, 0, maxTokens);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw RlhfException.user(message);
        }
    }
}
