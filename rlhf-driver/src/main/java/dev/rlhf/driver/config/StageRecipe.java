package dev.rlhf.driver.config;

import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.driver.data.Draw;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One stage of a run; {@link LearningStage} is one that trains. */
public interface StageRecipe {
    /** Name that later stages refer to, unique within the recipe. */
    String name();

    /** Kind as in the recipe, e.g. {@code sft}, {@code ppo}. */
    String kind();

    /** Name of the stage whose weights it starts from, or {@code base}. */
    String from();

    /** Training steps; 0 where nothing is trained. */
    int steps();

    /** Most positions of one forward and backward pass. */
    int microBatchTokens();

    /** How it is evaluated on the way, or null for an evaluation at its end alone. */
    @Nullable
    EvaluationRecipe evaluation();

    /** Whether its model is measured after {@code step} steps; 0 is before the first. */
    default boolean evaluatedAfter(int step) {
        EvaluationRecipe evaluation = evaluation();
        int every = evaluation == null ? 0 : evaluation.everySteps();
        return step == steps() || (every > 0 && step % every == 0);
    }

    /** What it will ask the generation servers for, beside what its evaluation does. */
    default List<Draw> draws() {
        return List.of();
    }

    /** Terms of the reward it learns from, none where it learns from something else. */
    default List<RewardRecipe> rewards() {
        return List.of();
    }

    /** Whether it leaves a language model that others can start from; else it leaves a reward model. */
    boolean leavesPolicy();

    /**
     * Checks what it asks of the stages before it, its start and its evaluation apart.
     *
     * @throws dev.rlhf.core.base.KeyException naming the key, relative to the stage
     */
    default void check(EarlierStages earlier) {}
}
