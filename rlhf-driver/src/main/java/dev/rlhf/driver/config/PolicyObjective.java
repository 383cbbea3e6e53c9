package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.update.ClippedSurrogate;
import dev.rlhf.core.update.PolicyGradient;
import dev.rlhf.core.update.PolicyLoss;
import dev.rlhf.core.update.Reduction;

/** The policy's loss. */
public sealed interface PolicyObjective {
    /** The loss itself. */
    PolicyLoss objective();

    /**
     * PPO's and GRPO's clipped ratio.
     *
     * @param ratio of what the ratio is
     * @param clip what the clip does
     * @param clipLow how far the ratio may fall under 1
     * @param clipHigh how far it may rise over 1
     * @param dualClip bound of the ratio for negative advantages, above 1; 0 for none
     * @param entropyBonus weight of the entropy
     * @param reduction how token losses become one number
     */
    @Block(value = "objective", kinds = "clipped-surrogate")
    record Clipped(
            ClippedSurrogate.Ratio ratio,
            ClippedSurrogate.Clip clip,
            @Range(above = 0, max = 1) double clipLow,
            @Range(above = 0) double clipHigh,
            @Range(min = 0) double dualClip,
            @Range(min = 0) double entropyBonus,
            Reduction reduction)
            implements PolicyObjective {
        /** Checks the dual clip; throws USER. */
        public Clipped {
            RecipeChecks.require(
                    dualClip == 0 || dualClip > 1, "dual-clip", "must be 0 (none) or above 1, not " + dualClip);
        }

        @Override
        public PolicyLoss objective() {
            return new ClippedSurrogate(ratio, clip, clipLow, clipHigh, dualClip, entropyBonus, reduction);
        }
    }

    /**
     * The plain policy gradient of REINFORCE and RLOO.
     *
     * @param entropyBonus weight of the entropy
     * @param reduction how token losses become one number
     */
    @Block(value = "objective", kinds = "policy-gradient")
    record Plain(@Range(min = 0) double entropyBonus, Reduction reduction) implements PolicyObjective {
        @Override
        public PolicyLoss objective() {
            return new PolicyGradient(entropyBonus, reduction);
        }
    }
}
