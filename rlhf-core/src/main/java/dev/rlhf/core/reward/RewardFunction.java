package dev.rlhf.core.reward;

import dev.rlhf.core.rollout.RolloutGroup;
import java.util.List;

/** Scores completions. */
@FunctionalInterface
public interface RewardFunction extends AutoCloseable {
    /**
     * One score a completion.
     *
     * @param groups [G] groups of [n] completions
     * @return scores, [G][n], finite
     */
    double[][] score(List<RolloutGroup> groups);

    /** Frees what it holds. */
    @Override
    default void close() {}
}
