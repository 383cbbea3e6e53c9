package dev.rlhf.driver.config;

import dev.rlhf.driver.config.bind.Block;
import dev.rlhf.driver.config.bind.Range;

/** One term of the reward. */
public sealed interface RewardRecipe {
    /** Factor of its scores in the sum. */
    double weight();

    /** Whether it compares with the prompt's answer. */
    default boolean needsAnswers() {
        return true;
    }

    /** 1 when the text equals the prompt's answer, else 0. */
    @Block(value = "reward", kinds = "exact-match")
    record ExactMatch(double weight) implements RewardRecipe {}

    /** Share of characters in their right place. */
    @Block(value = "reward", kinds = "position-match")
    record PositionMatch(double weight) implements RewardRecipe {}

    /** 1 when the final number equals the answer's, else 0. */
    @Block(value = "reward", kinds = "numeric-answer")
    record NumericAnswer(double weight) implements RewardRecipe {}

    /**
     * Soft punishment of completions that come near the token budget.
     *
     * @param weight factor of its scores in the sum
     * @param buffer tokens before the budget's end in which the penalty grows from 0 to 1
     */
    @Block(value = "reward", kinds = "length-penalty")
    record LengthPenalty(double weight, @Range(min = 1) int buffer) implements RewardRecipe {
        @Override
        public boolean needsAnswers() {
            return false;
        }
    }

    /**
     * The score of a reward model.
     *
     * @param weight factor of its scores in the sum
     * @param from the stage that trained it
     * @param whiten whether scores are whitened by the mean and deviation the model had on its own training pairs
     */
    @Block(value = "reward", kinds = "reward-model")
    record Model(double weight, String from, boolean whiten) implements RewardRecipe {
        @Override
        public boolean needsAnswers() {
            return false;
        }
    }
}
