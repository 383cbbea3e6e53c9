package dev.rlhf.driver.stage;

import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.PairData;
import dev.rlhf.driver.config.PairFile;
import dev.rlhf.driver.config.PolicyStage;
import dev.rlhf.driver.config.PreferenceStage;
import dev.rlhf.driver.config.RankedSamples;
import dev.rlhf.driver.config.RewardModelStage;
import dev.rlhf.driver.config.SftStage;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.DataLoader;

/** The data of a stage before it runs. */
public final class StageData {
    private StageData() {}

    /**
     * Reads all that a stage will read, so that a mistake in the last stage's data does not cost the stages before it.
     *
     * @throws dev.rlhf.core.base.RlhfException USER naming file and line of what is wrong
     */
    public static void check(DataLoader data, StageRecipe stage) {
        if (stage instanceof SftStage sft) {
            data.completions(sft.data());
        } else if (stage instanceof RewardModelStage rewardModel) {
            check(data, rewardModel.data());
        } else if (stage instanceof PreferenceStage preference) {
            check(data, preference.data());
        } else if (stage instanceof PolicyStage policy) {
            data.prompts(policy.data(), policy.sampling().maxTokens());
        }
        EvaluationRecipe evaluation = stage.evaluation();
        if (evaluation != null) {
            data.prompts(evaluation.data(), evaluation.maxTokens());
        }
    }

    private static void check(DataLoader data, PairData pairs) {
        if (pairs instanceof PairFile file) {
            data.pairs(file);
        } else if (pairs instanceof RankedSamples ranked) {
            data.prompts(ranked.prompts(), ranked.maxTokens());
            data.prompts(ranked.prompts().heldOutPart(), ranked.maxTokens());
        }
    }
}
