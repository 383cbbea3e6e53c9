package dev.rlhf.driver.config;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.reward.RewardNames;
import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.driver.data.PromptData;
import java.util.List;

/** What rewards ask of the block that names them under {@code rewards}, and of earlier stages. */
public final class RewardChecks {
    private RewardChecks() {}

    /** Checks that there is a reward, that no two have one name, and each one's keys; throws USER naming the key. */
    public static void require(List<RewardRecipe> rewards, int maxTokens) {
        KeyException.require(!rewards.isEmpty(), "rewards", "must name at least one reward");
        RewardNames.of(rewards);
        requireFit(rewards, maxTokens);
    }

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

    /** Checks that answers that are compared with are there, and reward models too; throws USER naming the key. */
    public static void require(List<RewardRecipe> rewards, PromptData data, EarlierStages earlier) {
        for (int i = 0; i < rewards.size(); i++) {
            if (rewards.get(i).needsAnswers()) {
                data.requireAnswers("data", "rewards[" + i + "]");
            }
        }
        requireModels(rewards, earlier, "rewards");
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
