package dev.rlhf.driver.config;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.reward.RewardRecipe;
import java.util.List;

/** What rewards ask of the block that names them under {@code rewards}. */
public final class RewardChecks {
    private RewardChecks() {}

    /** Checks their keys against the token budget of a completion; throws USER naming the key. */
    public static void requireFit(List<RewardRecipe> rewards, int maxTokens) {
        for (int i = 0; i < rewards.size(); i++) {
            try {
                rewards.get(i).requireFits(maxTokens);
            } catch (KeyException complaint) {
                throw new KeyException("rewards[" + i + "]." + complaint.path(), complaint.complaint());
            }
        }
    }

    /**
     * Lets reward models be those of earlier stages; throws USER naming the key.
     *
     * @param key the path of the rewards from their stage, e.g. {@code rewards}
     */
    public static void requireModels(List<RewardRecipe> rewards, EarlierStages earlier, String key) {
        for (int i = 0; i < rewards.size(); i++) {
            String from = key + "[" + i + "].from";
            rewards.get(i).model().ifPresent(model -> earlier.requireRewardModel(model.from(), from));
        }
    }
}
