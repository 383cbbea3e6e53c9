package dev.rlhf.core.reward;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;

/**
 * DAPO's soft punishment of overlong completions.
 *
 * <p>0 up to L_max − L_buffer tokens, then falling linearly to −1 at L_max. Source: Yu et al. 2025 (arXiv 2503.14476), equation
 * 13.
 *
 * @param maxTokens L_max, at least 1
 * @param buffer L_buffer, in [1, L_max]
 */
public record LengthPenalty(int maxTokens, int buffer) implements RuleReward {
    /** Checks the ranges; throws USER. */
    public LengthPenalty {
        if (maxTokens < 1 || buffer < 1 || buffer > maxTokens) {
            throw RlhfException.user("length-penalty needs 1 ≤ buffer ≤ max-tokens, not buffer " + buffer
                    + " and max-tokens " + maxTokens);
        }
    }

    @Override
    public double score(Prompt prompt, Completion completion) {
        int free = maxTokens - buffer;
        return Math.max(-1, Math.min(0, -(double) (completion.tokens().length - free) / buffer));
    }
}
