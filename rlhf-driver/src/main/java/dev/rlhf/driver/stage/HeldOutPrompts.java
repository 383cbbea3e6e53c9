package dev.rlhf.driver.stage;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.Rubric;
import dev.rlhf.core.reward.RuleReward;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.run.Sample;
import dev.rlhf.core.update.Network;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.PromptData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Held-out prompts that are completed greedily and judged by a rule, again and again. */
public final class HeldOutPrompts {
    /** Answers kept for people, those to the first prompts. */
    private static final int KEPT = 6;

    private final StageContext context;
    private final EvaluationRecipe recipe;
    private final List<Prompt> prompts;
    private final Network policy;
    private final Optional<SampledAnswers> sampled;

    private HeldOutPrompts(
            StageContext context,
            EvaluationRecipe recipe,
            List<Prompt> prompts,
            Network policy,
            Optional<SampledAnswers> sampled) {
        this.context = context;
        this.recipe = recipe;
        this.prompts = prompts;
        this.policy = policy;
        this.sampled = sampled;
    }

    /**
     * Reads the prompts of a stage's evaluation; empty when it has none.
     *
     * <p>Where the evaluation has rewards, the servers hold the weights that the stage starts from afterwards.
     */
    public static Optional<HeldOutPrompts> open(StageContext context, StageRecipe stage, EvaluatedModels models) {
        EvaluationRecipe recipe = stage.evaluation();
        PromptData data = recipe == null ? null : recipe.data();
        if (recipe == null || data == null) {
            return Optional.empty();
        }
        List<Prompt> prompts = context.data().prompts(data, recipe.maxTokens()).stream()
                .limit(recipe.limit())
                .toList();
        Optional<SampledAnswers> sampled = recipe.samples() == 0 || prompts.isEmpty()
                ? Optional.empty()
                : Optional.of(SampledAnswers.open(context, stage, recipe, prompts, models));
        return Optional.of(new HeldOutPrompts(context, recipe, prompts, models.policy(), sampled));
    }

    /** Adds what the policy's answers come to, which is published as {@code version} first. */
    public Evaluation judge(Evaluation before, WeightVersion version) {
        context.weights().publish(policy, version);
        return judge(new Evaluation(before.step(), version, before.values(), before.samples()));
    }

    /** Adds what the answers of the policy come to, whose weights the generation servers hold: accuracy in [0, 1] for the rules there are. */
    public Evaluation judge(Evaluation before) {
        List<RolloutGroup> groups = context.actors()
                .rollouts()
                .generate(prompts, recipe.greedy(), context.recipe().runSeed());
        if (groups.isEmpty()) {
            throw RlhfException.bug("an evaluation has no prompts");
        }
        RuleReward rule = recipe.reward();
        double sum = 0;
        List<Sample> kept = new ArrayList<>();
        for (ScoredGroup scored : Rubric.of(rule).score(groups)) {
            RolloutGroup group = scored.group();
            Completion answer = group.completions().get(0);
            double score = scored.rewards()[0];
            sum += score;
            if (kept.size() < KEPT) {
                kept.add(new Sample(
                        Sample.Pick.HELD_OUT,
                        group.prompt().text(),
                        answer.text(),
                        score,
                        group.prompt().fields().get(Prompt.ANSWER),
                        Map.of(rule.kind(), score)));
            }
        }
        return new Evaluation(before.step(), before.version(), before.values(), kept)
                .with(Evaluation.ACCURACY, sum / groups.size())
                .with(sampled.map(answers -> answers.numbers(groups)).orElse(Map.of()));
    }
}
