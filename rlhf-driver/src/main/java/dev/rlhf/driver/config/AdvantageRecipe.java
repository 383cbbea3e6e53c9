package dev.rlhf.driver.config;

import dev.rlhf.core.advantage.AdvantageEstimator;
import dev.rlhf.core.advantage.BatchBaseline;
import dev.rlhf.core.advantage.GeneralizedAdvantage;
import dev.rlhf.core.advantage.GroupRelative;
import dev.rlhf.core.advantage.LeaveOneOut;
import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;

/** How advantages are estimated. */
public sealed interface AdvantageRecipe {
    /** The estimator itself. */
    AdvantageEstimator estimator();

    /** Whether a prompt needs several samples to be of use. */
    default boolean comparesGroup() {
        return false;
    }

    /**
     * Generalised advantage estimation with a critic.
     *
     * @param gamma discount of a token
     * @param lambda 1 is Monte-Carlo minus the value, 0 is one-step
     * @param whiten whether advantages are whitened over the batch
     */
    @Block(value = "advantage", kinds = "generalized")
    record Generalized(
            @Range(min = 0, max = 1) double gamma,
            @Range(min = 0, max = 1) double lambda,
            boolean whiten) implements AdvantageRecipe {
        @Override
        public AdvantageEstimator estimator() {
            return new GeneralizedAdvantage(gamma, lambda, whiten);
        }
    }

    /**
     * A sample against the mean of its group.
     *
     * @param divideByDeviation whether to divide by the group's deviation (GRPO) or not (Dr.GRPO)
     * @param epsilon added to the deviation
     */
    @Block(value = "advantage", kinds = "group-relative")
    record Group(
            boolean divideByDeviation, @Range(above = 0) double epsilon) implements AdvantageRecipe {
        @Override
        public AdvantageEstimator estimator() {
            return new GroupRelative(divideByDeviation, epsilon);
        }

        @Override
        public boolean comparesGroup() {
            return true;
        }
    }

    /** A sample against the mean of the others of its group (RLOO). */
    @Block(value = "advantage", kinds = "leave-one-out")
    record OthersOfGroup() implements AdvantageRecipe {
        @Override
        public AdvantageEstimator estimator() {
            return new LeaveOneOut();
        }

        @Override
        public boolean comparesGroup() {
            return true;
        }
    }

    /**
     * A sample against the mean of the batch (REINFORCE).
     *
     * @param whiten whether to divide by the deviation over the batch
     */
    @Block(value = "advantage", kinds = "batch-baseline")
    record Batch(boolean whiten) implements AdvantageRecipe {
        @Override
        public AdvantageEstimator estimator() {
            return new BatchBaseline(whiten);
        }
    }
}
