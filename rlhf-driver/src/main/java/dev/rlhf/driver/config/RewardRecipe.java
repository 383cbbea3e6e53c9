package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.reward.RuleReward;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One term of the reward. */
public sealed interface RewardRecipe {
    /** Name under which its scores are recorded, or null for one made of its kind. */
    @Nullable
    String name();

    /** Factor of its scores in the sum. */
    double weight();

    /** Its kind as in the recipe, e.g. {@code exact-match}. */
    String kind();

    /**
     * The rule itself; empty for a trained model.
     *
     * @param maxTokens token budget of a completion
     */
    Optional<RuleReward> rule(int maxTokens);

    /** Whether it compares with the prompt's answer. */
    boolean needsAnswers();

    /**
     * 1 when the text equals the prompt's answer, else 0.
     *
     * @param kind {@code exact-match}
     * @param name optional: name under which its scores are recorded; its kind where none is given
     * @param weight factor of its scores in the sum of all rewards
     */
    @Block(value = "reward", kinds = "exact-match")
    record ExactMatch(String kind, @Nullable String name, double weight) implements RewardRecipe {
        @Override
        public Optional<RuleReward> rule(int maxTokens) {
            return Optional.of(new dev.rlhf.core.reward.ExactMatch());
        }

        @Override
        public boolean needsAnswers() {
            return true;
        }
    }

    /**
     * Share of characters in their right place.
     *
     * @param kind {@code position-match}
     * @param name optional: name under which its scores are recorded; its kind where none is given
     * @param weight factor of its scores in the sum of all rewards
     */
    @Block(value = "reward", kinds = "position-match")
    record PositionMatch(String kind, @Nullable String name, double weight) implements RewardRecipe {
        @Override
        public Optional<RuleReward> rule(int maxTokens) {
            return Optional.of(new dev.rlhf.core.reward.PositionMatch());
        }

        @Override
        public boolean needsAnswers() {
            return true;
        }
    }

    /**
     * 1 when the final number equals the answer's, else 0.
     *
     * @param kind {@code numeric-answer}
     * @param name optional: name under which its scores are recorded; its kind where none is given
     * @param weight factor of its scores in the sum of all rewards
     */
    @Block(value = "reward", kinds = "numeric-answer")
    record NumericAnswer(String kind, @Nullable String name, double weight) implements RewardRecipe {
        @Override
        public Optional<RuleReward> rule(int maxTokens) {
            return Optional.of(new dev.rlhf.core.reward.NumericAnswer());
        }

        @Override
        public boolean needsAnswers() {
            return true;
        }
    }

    /**
     * Soft punishment of completions that come near the token budget.
     *
     * @param kind {@code length-penalty}
     * @param name optional: name under which its scores are recorded; its kind where none is given
     * @param weight factor of its scores in the sum of all rewards
     * @param buffer tokens before the budget's end in which the penalty grows from 0 to 1; 0 for a quarter of the budget
     */
    @Block(value = "reward", kinds = "length-penalty")
    record LengthPenalty(
            String kind,
            @Nullable String name,
            double weight,
            @Range(min = 0) int buffer) implements RewardRecipe {
        private static final int SHARE = 4;

        @Override
        public Optional<RuleReward> rule(int maxTokens) {
            int tokens = buffer == 0 ? (maxTokens + SHARE - 1) / SHARE : buffer;
            return Optional.of(new dev.rlhf.core.reward.LengthPenalty(maxTokens, tokens));
        }

        @Override
        public boolean needsAnswers() {
            return false;
        }
    }

    /**
     * The score of a reward model.
     *
     * @param kind {@code reward-model}
     * @param name optional: name under which its scores are recorded; its kind where none is given
     * @param weight factor of its scores in the sum of all rewards
     * @param from the stage that trained it
     * @param whiten whether scores are whitened by the mean and deviation of the model's training pairs
     */
    @Block(value = "reward", kinds = "reward-model")
    record Model(String kind, @Nullable String name, double weight, String from, boolean whiten)
            implements RewardRecipe {
        @Override
        public Optional<RuleReward> rule(int maxTokens) {
            return Optional.empty();
        }

        @Override
        public boolean needsAnswers() {
            return false;
        }
    }
}
