package dev.rlhf.core.reward;

/**
 * Makes a kind of reward known: {@link java.util.ServiceLoader} finds it on the class path and in a recipe's {@code jars}.
 *
 * <p>An implementation is public, has a public constructor without parameters, and stands in a file {@code
 * META-INF/services/dev.rlhf.core.reward.RewardKind} beside it.
 */
public interface RewardKind {
    /** The record that describes a reward of this kind, with {@code @Block(value = "reward", kinds = "its-name")}. */
    Class<? extends RewardRecipe> recipe();
}
