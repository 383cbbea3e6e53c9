package dev.rlhf.driver.config;

import dev.rlhf.core.update.KlEstimator;
import dev.rlhf.driver.config.bind.Block;

/**
 * The penalty for leaving the reference policy, which is the model a stage starts from.
 *
 * @param in where it is charged, or whether it is only measured
 * @param estimator its estimate per token
 * @param controller its coefficient β
 */
@Block("kl")
public record KlRecipe(Place in, KlEstimator estimator, KlControllerRecipe controller) {
    /** Where the penalty is charged. */
    public enum Place {
        /** Taken from the reward of each token. */
        REWARD,
        /** Added to the loss. */
        LOSS,
        /** Nowhere; it is measured, which costs a forward pass of the reference a step. */
        METRICS,
        /** Nowhere, and there is no reference. */
        NONE
    }
}
