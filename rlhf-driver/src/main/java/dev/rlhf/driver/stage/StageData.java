package dev.rlhf.driver.stage;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.NumericAnswer;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.PairData;
import dev.rlhf.driver.config.PairFile;
import dev.rlhf.driver.config.PolicyStage;
import dev.rlhf.driver.config.PreferenceStage;
import dev.rlhf.driver.config.RankedSamples;
import dev.rlhf.driver.config.RewardModelStage;
import dev.rlhf.driver.config.RewardRecipe;
import dev.rlhf.driver.config.RuleName;
import dev.rlhf.driver.config.SftStage;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.DataLoader;
import java.util.List;

/** The data of a stage before it runs. */
public final class StageData {
    private StageData() {}

    /**
     * Reads all that a stage will read, so that a mistake in the last stage's data does not cost the stages before it.
     *
     * @throws RlhfException USER naming file and line of what is wrong
     */
    public static void check(DataLoader data, StageRecipe stage) {
        if (stage instanceof SftStage sft) {
            data.completions(sft.data());
            sft.data().leftOut().ifPresent(data::completions);
        } else if (stage instanceof RewardModelStage rewardModel) {
            check(data, rewardModel.data());
        } else if (stage instanceof PreferenceStage preference) {
            check(data, preference.data());
        } else if (stage instanceof PolicyStage policy) {
            List<Prompt> prompts = data.prompts(policy.data(), policy.sampling().maxTokens());
            if (policy.rewards().stream().anyMatch(RewardRecipe.NumericAnswer.class::isInstance)) {
                requireNumbers(prompts);
            }
        }
        EvaluationRecipe evaluation = stage.evaluation();
        if (evaluation != null && evaluation.data() != null) {
            List<Prompt> prompts = data.prompts(evaluation.data(), evaluation.maxTokens());
            if (evaluation.reward() == RuleName.NUMERIC_ANSWER) {
                requireNumbers(prompts);
            }
        }
    }

    private static void requireNumbers(List<Prompt> prompts) {
        prompts.stream()
                .filter(prompt -> !NumericAnswer.canScore(prompt))
                .findFirst()
                .ifPresent(prompt -> {
                    throw RlhfException.user(
                            prompt.id() + ": the answer has no number, which numeric-answer compares with;"
                                    + " choose another reward or mend the line");
                });
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
