package dev.rlhf.driver.config;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.reward.RewardNames;
import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.driver.data.PromptData;
import java.util.List;

/** What the terms of a stage's reward ask of its other keys and of earlier stages. */
public final class RewardChecks {
    private RewardChecks() {}

    /** Checks that there is a reward, that no two have one name, and each one's keys; throws USER naming the key. */
    public static void require(List<RewardRecipe> rewards, int maxTokens) {
        KeyException.require(!rewards.isEmpty(), "rewards", "must name at least one reward");
        RewardNames.of(rewards);
        for (int i = 0; i < rewards.size(); i++) {
            try {
                rewards.get(i).requireFits(maxTokens);
            } catch (KeyException complaint) {
                throw new KeyException(key(i) + "." + complaint.path(), complaint.complaint());
            }
        }
    }

    /** Checks that answers that are compared with are there, and reward models too; throws USER naming the key. */
    public static void require(List<RewardRecipe> rewards, PromptData data, EarlierStages earlier) {
        for (int i = 0; i < rewards.size(); i++) {
            String key = key(i);
            if (rewards.get(i).needsAnswers()) {
                data.requireAnswers("data", key);
            }
            rewards.get(i).model().ifPresent(model -> earlier.requireRewardModel(model.from(), key + ".from"));
        }
    }

    private static String key(int reward) {
        return "rewards[" + reward + "]";
    }
}
