package dev.rlhf.driver.stage;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.PolicyStage;
import dev.rlhf.driver.config.PreferenceStage;
import dev.rlhf.driver.config.RewardModelStage;
import dev.rlhf.driver.config.SftStage;
import dev.rlhf.driver.config.StageRecipe;

/** Opens the stage that a block of the recipe asks for. */
public final class Stages {
    private Stages() {}

    /**
     * Opens networks and data, and publishes the weights to start from.
     *
     * @throws RlhfException USER for data or models that cannot be used, RESOURCE for a lost actor
     */
    public static Stage open(StageContext context, StageRecipe stage, StageStart start) {
        if (stage instanceof SftStage sft) {
            return Imitation.open(context, sft, start);
        }
        if (stage instanceof RewardModelStage rewardModel) {
            return RewardModelling.open(context, rewardModel, start);
        }
        if (stage instanceof PreferenceStage preference) {
            return DirectAlignment.open(context, preference, start);
        }
        if (stage instanceof PolicyStage policy) {
            return PolicyOptimisation.open(context, policy, start);
        }
        throw RlhfException.bug("no way to open a stage of " + stage.getClass());
    }
}
