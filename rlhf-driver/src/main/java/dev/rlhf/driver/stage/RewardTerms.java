package dev.rlhf.driver.stage;

import dev.rlhf.actors.CriterionSettings;
import dev.rlhf.actors.RewardSettings;
import dev.rlhf.core.reward.ExactMatch;
import dev.rlhf.core.reward.LengthPenalty;
import dev.rlhf.core.reward.NumericAnswer;
import dev.rlhf.core.reward.PositionMatch;
import dev.rlhf.core.update.Head;
import dev.rlhf.driver.config.PolicyStage;
import dev.rlhf.driver.config.RewardRecipe;

/** The terms of a recipe's reward as a reward actor takes them. */
final class RewardTerms {
    private RewardTerms() {}

    static RewardSettings of(StageContext context, PolicyStage stage) {
        return new RewardSettings(stage.rewards().stream()
                .map(reward -> criterion(context, stage, reward))
                .toList());
    }

    private static CriterionSettings criterion(StageContext context, PolicyStage stage, RewardRecipe reward) {
        if (reward instanceof RewardRecipe.Model model) {
            ScoreStatistics statistics =
                    model.whiten() ? ScoreStatistics.read(context.model(model.from())) : ScoreStatistics.NONE;
            return new CriterionSettings.Model(
                    context.network(model.from(), Head.REWARD, stage),
                    statistics.mean(),
                    statistics.deviation(),
                    model.weight());
        }
        if (reward instanceof RewardRecipe.LengthPenalty penalty) {
            return new CriterionSettings.Rule(
                    new LengthPenalty(stage.sampling().maxTokens(), penalty.buffer()), penalty.weight());
        }
        if (reward instanceof RewardRecipe.ExactMatch) {
            return new CriterionSettings.Rule(new ExactMatch(), reward.weight());
        }
        return new CriterionSettings.Rule(
                reward instanceof RewardRecipe.PositionMatch ? new PositionMatch() : new NumericAnswer(),
                reward.weight());
    }
}
