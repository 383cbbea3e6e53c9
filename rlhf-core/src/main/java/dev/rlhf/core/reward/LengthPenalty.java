package dev.rlhf.core.reward;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import org.jspecify.annotations.Nullable;

/**
 * DAPO's soft punishment of overlong completions.
 *
 * <p>0 up to L_max − L_buffer tokens, then falling linearly to −1 at L_max, the token budget of a completion. Source: Yu et al. 2025
 * (arXiv 2503.14476), equation 13.
 *
 * @param name name under which its scores are recorded; its kind where none is given
 * @param weight factor of its scores in the sum of all rewards
 * @param buffer L_buffer: tokens before the budget's end in which the penalty grows from 0 to 1; 0 for a quarter of the budget
 */
@Block(value = "reward", kinds = "length-penalty")
public record LengthPenalty(
        @Nullable String name,
        double weight,
        @Range(min = 0) int buffer) implements RewardRecipe {
    private static final int SHARE = 4;

    /** Makes the kind known. */
    public static final class Kind implements RewardKind {
        @Override
        public Class<LengthPenalty> recipe() {
            return LengthPenalty.class;
        }
    }

    @Override
    public String words() {
        return "length penalty";
    }

    @Override
    public void requireFits(int maxTokens) {
        KeyException.require(
                buffer <= maxTokens, "buffer", "must be at most max-tokens, " + maxTokens + ", not " + buffer);
    }

    @Override
    public RewardFunction open(RewardContext context) {
        return RewardFunction.each((prompt, completion) -> penalty(completion.tokens().length, context.maxTokens()));
    }

    /** The penalty of a completion of {@code length} tokens, in [−1, 0]. */
    double penalty(int length, int maxTokens) {
        int ramp = buffer == 0 ? (maxTokens + SHARE - 1) / SHARE : buffer;
        int free = maxTokens - ramp;
        return Math.max(-1, Math.min(0, -(double) (length - free) / ramp));
    }
}
