package dev.rlhf.actors;

import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.core.update.NetworkSettings;
import org.jspecify.annotations.Nullable;

/**
 * One term of a reward on its way to an actor.
 *
 * @param name name under which its scores are recorded
 * @param kind its kind, by which the actor finds the class of {@code recipe}
 * @param recipe what the recipe says of it, as {@link Wire} wrote it
 * @param model the reward model it scores by, or null for none
 * @param secret what it shows a service, never printed; null for nothing
 */
public record RewardTerm(
        String name,
        String kind,
        byte[] recipe,
        @Nullable Model model,
        @Nullable String secret) {
    /**
     * A trained reward model, whose scores are whitened: (score − mean) ÷ deviation.
     *
     * @param network how to open it
     * @param mean taken from each score
     * @param deviation divides what is left, above 0
     */
    public record Model(NetworkSettings network, double mean, double deviation) {}

    /** A term of a recipe under a name. */
    public static RewardTerm of(String name, RewardRecipe recipe, @Nullable Model model, @Nullable String secret) {
        return new RewardTerm(name, recipe.kind(), Wire.write(recipe), model, secret);
    }

    @Override
    public String toString() {
        return "RewardTerm[name=" + name + ", kind=" + kind + "]";
    }
}
