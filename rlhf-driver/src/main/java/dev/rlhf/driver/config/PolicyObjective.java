package dev.rlhf.driver.config;

import dev.rlhf.core.update.ClippedSurrogate;
import dev.rlhf.core.update.KlEstimator;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.PolicyGradient;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.driver.config.bind.Block;
import dev.rlhf.driver.config.bind.Range;

/** The policy's loss. */
public sealed interface PolicyObjective {
    /** How token losses become one number. */
    Reduction.Mode reduction();

    /**
     * The loss itself.
     *
     * @param estimator estimator of a KL in the loss
     * @param beta β of a KL in the loss, or 0 for none
     * @param maxTokens token budget of a completion, which one mode of reduction divides by
     */
    Objective objective(KlEstimator estimator, double beta, int maxTokens);

    /**
     * PPO's and GRPO's clipped ratio.
     *
     * @param clipLow how far the ratio may fall under 1
     * @param clipHigh how far it may rise over 1
     * @param dualClip bound of the ratio for negative advantages, above 1; 0 for none
     * @param entropyBonus weight of the entropy
     * @param reduction how token losses become one number
     */
    @Block(value = "objective", kinds = "clipped-surrogate")
    record Clipped(
            @Range(above = 0, below = 1) double clipLow,
            @Range(above = 0) double clipHigh,
            @Range(min = 0) double dualClip,
            @Range(min = 0) double entropyBonus,
            Reduction.Mode reduction)
            implements PolicyObjective {
        /** Checks the dual clip; throws USER. */
        public Clipped {
            RecipeChecks.require(
                    dualClip == 0 || dualClip > 1, "dual-clip", "must be 0 (none) or above 1, not " + dualClip);
        }

        @Override
        public Objective objective(KlEstimator estimator, double beta, int maxTokens) {
            return new ClippedSurrogate(
                    clipLow, clipHigh, dualClip, estimator, beta, entropyBonus, new Reduction(reduction, maxTokens));
        }
    }

    /**
     * The plain policy gradient of REINFORCE and RLOO.
     *
     * @param entropyBonus weight of the entropy
     * @param reduction how token losses become one number
     */
    @Block(value = "objective", kinds = "policy-gradient")
    record Plain(@Range(min = 0) double entropyBonus, Reduction.Mode reduction) implements PolicyObjective {
        @Override
        public Objective objective(KlEstimator estimator, double beta, int maxTokens) {
            return new PolicyGradient(estimator, beta, entropyBonus, new Reduction(reduction, maxTokens));
        }
    }
}
