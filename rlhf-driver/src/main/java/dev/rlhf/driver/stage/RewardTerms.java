package dev.rlhf.driver.stage;

import dev.rlhf.actors.CriterionSettings;
import dev.rlhf.actors.RewardSettings;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.reward.RuleReward;
import dev.rlhf.core.update.Head;
import dev.rlhf.driver.config.PolicyStage;
import dev.rlhf.driver.config.RewardRecipe;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The terms of a recipe's reward as a reward actor takes them. */
final class RewardTerms {
    private RewardTerms() {}

    static RewardSettings of(StageContext context, PolicyStage stage) {
        List<String> names = stage.rewardNames();
        return new RewardSettings(IntStream.range(0, names.size())
                .mapToObj(i ->
                        criterion(context, stage, names.get(i), stage.rewards().get(i)))
                .toList());
    }

    private static CriterionSettings criterion(
            StageContext context, PolicyStage stage, String name, RewardRecipe reward) {
        Optional<RuleReward> rule = reward.rule(stage.sampling().maxTokens());
        if (rule.isPresent()) {
            return new CriterionSettings.Rule(name, rule.get(), reward.weight());
        }
        if (reward instanceof RewardRecipe.Model model) {
            ScoreStatistics statistics =
                    model.whiten() ? ScoreStatistics.read(context.model(model.from())) : ScoreStatistics.NONE;
            return new CriterionSettings.Model(
                    name,
                    context.network(model.from(), Head.REWARD, stage),
                    statistics.mean(),
                    statistics.deviation(),
                    model.weight());
        }
        throw RlhfException.bug("no reward is known of " + reward.getClass());
    }
}
