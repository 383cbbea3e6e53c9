package dev.rlhf.driver.stage;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.RuleReward;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.update.Network;
import dev.rlhf.driver.config.EvaluationRecipe;
import java.util.List;

/** Greedy completions of held-out prompts, judged by a rule. */
final class HeldOutEvaluation {
    private HeldOutEvaluation() {}

    /** Mean of the rule over the prompts, in [0, 1] for the rules there are; the model is published first. */
    static double accuracy(StageContext context, EvaluationRecipe recipe, Network model, WeightVersion version) {
        context.weights().publish(model, version);
        List<Prompt> prompts = context.data().prompts(recipe.data(), recipe.maxTokens()).stream()
                .limit(recipe.limit())
                .toList();
        RuleReward rule = recipe.reward().reward();
        List<RolloutGroup> groups = context.actors()
                .rollouts()
                .generate(
                        prompts,
                        SamplingParams.greedy(recipe.maxTokens()),
                        context.recipe().runSeed());
        return groups.stream()
                .mapToDouble(
                        group -> rule.score(group.prompt(), group.completions().get(0)))
                .average()
                .orElse(0);
    }
}
