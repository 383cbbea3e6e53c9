package dev.rlhf.core.reward;

import dev.rlhf.core.base.RlhfException;
import java.util.Optional;

/**
 * What a reward is opened with, in the process that scores.
 *
 * @param maxTokens token budget of a completion, at least 1
 * @param model scores of the reward model of {@link RewardRecipe#model}, whitened where it says so
 * @param secret value of {@link RewardRecipe#secretVariable}
 */
public record RewardContext(int maxTokens, Optional<RewardFunction> model, Optional<String> secret) {
    /** A context of nothing but a token budget. */
    public static RewardContext of(int maxTokens) {
        return new RewardContext(maxTokens, Optional.empty(), Optional.empty());
    }

    /** The scores of the reward model that was asked for. */
    public RewardFunction requireModel() {
        return model.orElseThrow(() -> RlhfException.bug("a reward scores by a model it did not ask for"));
    }

    @Override
    public String toString() {
        return "RewardContext[maxTokens=" + maxTokens + "]";
    }
}
