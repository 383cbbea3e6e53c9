package dev.rlhf.driver.stage;

import static dev.rlhf.driver.observe.Figures.setting;

import dev.rlhf.actors.RewardSettings;
import dev.rlhf.actors.RewardTerm;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Secret;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.RewardNames;
import dev.rlhf.core.reward.RewardOrigin;
import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.core.update.Head;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.learner.files.ScoreStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The terms of a recipe's reward as a reward actor takes them. */
public final class RewardTerms {
    private RewardTerms() {}

    /** The terms of {@code rewards} for completions of at most {@code maxTokens} tokens. */
    static RewardSettings of(StageContext context, StageRecipe stage, List<RewardRecipe> rewards, int maxTokens) {
        List<String> names = RewardNames.of(rewards);
        List<RewardTerm> terms = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            RewardRecipe reward = rewards.get(i);
            terms.add(RewardTerm.of(names.get(i), reward, model(context, stage, reward), secret(reward)));
        }
        return new RewardSettings(
                context.recipe().jars().stream()
                        .map(jar -> jar.toAbsolutePath().toString())
                        .toList(),
                maxTokens,
                terms);
    }

    /** Checks, before anything trains, that each has its secret and can score completions of {@code prompts}; throws USER. */
    public static void requireScorable(List<RewardRecipe> rewards, List<Prompt> prompts) {
        rewards.forEach(reward -> {
            secret(reward);
            RewardOrigin.of(reward).guard(reward.kind(), () -> {
                reward.requireScorable(prompts);
                return reward.words();
            });
        });
    }

    /** What a report says of a sum of rewards. */
    public static String words(List<RewardRecipe> rewards) {
        return rewards.stream()
                .map(reward -> (reward.weight() == 1 ? "" : setting(reward.weight()) + " × ") + reward.words())
                .collect(Collectors.joining(" + "));
    }

    private static RewardTerm.@Nullable Model model(StageContext context, StageRecipe stage, RewardRecipe reward) {
        return reward.model()
                .map(use -> {
                    ScoreStatistics statistics =
                            use.whiten() ? ScoreStatistics.read(context.model(use.from())) : ScoreStatistics.NONE;
                    return new RewardTerm.Model(
                            context.network(use.from(), Head.REWARD, stage), statistics.mean(), statistics.deviation());
                })
                .orElse(null);
    }

    /** What the environment holds for a reward; throws USER naming the variable when it holds nothing. */
    private static @Nullable String secret(RewardRecipe reward) {
        return reward.secretVariable()
                .map(variable -> Secret.of(variable)
                        .orElseThrow(() -> RlhfException.user("the environment has no " + variable
                                + ", which a reward of kind " + reward.kind() + " names, nor " + variable + Secret.FILE
                                + "; set one of them where the run is started")))
                .orElse(null);
    }
}
