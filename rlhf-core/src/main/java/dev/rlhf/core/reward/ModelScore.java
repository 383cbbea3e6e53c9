package dev.rlhf.core.reward;

import dev.rlhf.core.base.Block;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The score of a trained reward model.
 *
 * @param name name under which its scores are recorded; its kind where none is given
 * @param weight factor of its scores in the sum of all rewards
 * @param from the stage that trained it
 * @param whiten whether scores are whitened by the mean and deviation of the model's training pairs
 */
@Block(value = "reward", kinds = "reward-model")
public record ModelScore(@Nullable String name, double weight, String from, boolean whiten) implements RewardRecipe {
    /** Makes the kind known. */
    public static final class Kind implements RewardKind {
        @Override
        public Class<ModelScore> recipe() {
            return ModelScore.class;
        }
    }

    @Override
    public String words() {
        return "score of " + from;
    }

    @Override
    public Optional<ModelUse> model() {
        return Optional.of(new ModelUse(from, whiten));
    }

    @Override
    public RewardFunction open(RewardContext context) {
        return context.requireModel();
    }
}
