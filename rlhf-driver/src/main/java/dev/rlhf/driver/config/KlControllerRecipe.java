package dev.rlhf.driver.config;

import dev.rlhf.core.update.AdaptiveKl;
import dev.rlhf.core.update.FixedKl;
import dev.rlhf.core.update.KlController;
import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;

/** How the coefficient β of the KL penalty is chosen. */
public sealed interface KlControllerRecipe {
    /** The controller at its start. */
    KlController controller();

    /**
     * A constant β.
     *
     * @param beta β
     */
    @Block(value = "kl-controller", kinds = "fixed")
    record Fixed(@Range(min = 0) double beta) implements KlControllerRecipe {
        @Override
        public KlController controller() {
            return new FixedKl(beta);
        }
    }

    /**
     * A β that follows a target.
     *
     * @param beta β at the start
     * @param target KL per sequence aimed at, in nats
     * @param horizon samples in which β can move by about a fifth
     */
    @Block(value = "kl-controller", kinds = "adaptive")
    record Adaptive(
            @Range(above = 0) double beta,
            @Range(above = 0) double target,
            @Range(above = 0) double horizon) implements KlControllerRecipe {
        @Override
        public KlController controller() {
            return new AdaptiveKl(beta, target, horizon);
        }
    }
}
