package dev.rlhf.core.reward;

import dev.rlhf.core.base.OfKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.prompt.Prompt;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One term of a reward as a recipe describes it, and how it scores.
 *
 * <p>An implementation is a record whose components are its keys in a recipe; it travels to the actors that score as these values.
 * A reward that looks at one completion at a time implements {@link RuleReward} instead.
 */
public interface RewardRecipe extends OfKind {
    /** Name under which its scores are recorded, or null for one made of its kind. */
    @Nullable
    String name();

    /** Factor of its scores in the sum. */
    double weight();

    /** What a report calls it, e.g. {@code exact answer}. */
    default String words() {
        return kind();
    }

    /** Whether it compares with the prompt's answer. */
    default boolean needsAnswers() {
        return false;
    }

    /** The reward model it scores by, which an earlier stage trained; empty for none. */
    default Optional<ModelUse> model() {
        return Optional.empty();
    }

    /** Name of the environment variable that holds the secret it needs; empty for none. A recipe holds no secrets. */
    default Optional<String> secretVariable() {
        return Optional.empty();
    }

    /**
     * Checks its keys against the token budget of a completion.
     *
     * @throws dev.rlhf.core.base.KeyException naming the key that does not fit
     */
    default void requireFits(int maxTokens) {}

    /**
     * Checks that it can score completions of these prompts, before anything trains.
     *
     * @throws RlhfException USER naming the prompt that it cannot
     */
    default void requireScorable(List<Prompt> prompts) {}

    /** Opens it in the process that scores. */
    RewardFunction open(RewardContext context);

    /**
     * A reward model to score by.
     *
     * @param from the stage that trained it, as the recipe's key {@code from} says
     * @param whiten whether scores are whitened by the mean and deviation the model had on its own training pairs
     */
    record ModelUse(String from, boolean whiten) {}
}
