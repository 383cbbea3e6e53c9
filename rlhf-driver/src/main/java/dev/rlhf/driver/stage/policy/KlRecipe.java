package dev.rlhf.driver.stage.policy;

import static dev.rlhf.driver.observe.Figures.setting;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.update.KlController;
import dev.rlhf.core.update.KlEstimator;
import java.util.Locale;

/**
 * The penalty for leaving the reference policy, which is the model a stage starts from.
 *
 * @param in where the penalty is charged: reward, loss, metrics (it is only measured) or none (nor that: there is no
 *     reference)
 * @param estimator its estimate per token
 * @param controller how its coefficient is chosen
 */
@Block("kl")
public record KlRecipe(Place in, KlEstimator estimator, KlController controller) {
    /** Checks that a β that moves is charged; throws USER naming the key. */
    public KlRecipe {
        KeyException.require(
                in == Place.REWARD || in == Place.LOSS || controller.aim().isEmpty(),
                "controller.kind",
                "must be fixed where the penalty is not charged (in: "
                        + in.name().toLowerCase(Locale.ROOT) + "); set in to reward or loss for an adaptive one");
    }

    /** What a report says of it. */
    String words() {
        return switch (in) {
            case REWARD -> strength() + " in the reward";
            case LOSS -> strength() + " in the loss";
            case METRICS, NONE -> "none";
        };
    }

    private String strength() {
        return controller.aim().isPresent()
                ? "adaptive, towards " + setting(controller.aim().getAsDouble()) + " nats"
                : "β " + setting(controller.beta());
    }

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
