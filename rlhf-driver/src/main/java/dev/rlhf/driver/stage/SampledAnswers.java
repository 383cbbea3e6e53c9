package dev.rlhf.driver.stage;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.measure.AnswerNumbers;
import dev.rlhf.core.measure.SequenceKl;
import dev.rlhf.core.measure.WinRate;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.Rubric;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.reward.Scorer;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.update.Network;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.StageRecipe;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a policy's answers to held-out prompts come to beside their accuracy.
 *
 * <p>Answers are drawn at temperature 1, always from the same seeds; greedy ones compete with those of the model that the stage starts
 * from. That model answers anew whenever the stage is opened: a resumed run so measures what a whole one does.
 */
final class SampledAnswers {
    private final EvaluationRecipe recipe;
    private final List<Prompt> prompts;
    private final RolloutEngine rollouts;
    private final Seed seed;
    private final Network policy;
    private final Network reference;
    private final Optional<Rewards> rewards;

    private SampledAnswers(
            EvaluationRecipe recipe,
            List<Prompt> prompts,
            RolloutEngine rollouts,
            Seed seed,
            Network policy,
            Network reference,
            Optional<Rewards> rewards) {
        this.recipe = recipe;
        this.prompts = prompts;
        this.rollouts = rollouts;
        this.seed = seed;
        this.policy = policy;
        this.reference = reference;
        this.rewards = rewards;
    }

    /**
     * What answers are scored by.
     *
     * @param scorer scores by all rewards
     * @param names their names, at least one
     * @param start the first one of each greedy answer of the starting model, [G]
     */
    private record Rewards(Scorer scorer, List<String> names, double[] start) {
        static Rewards of(Scorer scorer, List<String> names, List<RolloutGroup> start) {
            return new Rewards(scorer, names, first(scorer, names, start));
        }

        /** The share of greedy answers that earn more than the starting model's; as many count half. */
        double winRate(List<RolloutGroup> greedy) {
            return WinRate.ofScores(first(scorer, names, greedy), start);
        }

        private static double[] first(Scorer scorer, List<String> names, List<RolloutGroup> greedy) {
            return scorer.score(greedy).stream()
                    .mapToDouble(scored -> AnswerNumbers.scores(scored, names.get(0))[0])
                    .toArray();
        }
    }

    /** Opens what the answers to {@code prompts} are compared with; with rewards, the servers then hold the starting model. */
    static SampledAnswers open(
            StageContext context,
            StageRecipe stage,
            EvaluationRecipe recipe,
            List<Prompt> prompts,
            EvaluatedModels models) {
        Seed seed = context.seed(stage).derive("evaluation");
        RolloutEngine rollouts = context.actors().rollouts();
        Network reference = models.reference().orElseGet(() -> context.reference(stage));
        Optional<Rewards> rewards = Optional.empty();
        if (!recipe.rewards().isEmpty()) {
            Scorer scorer = context.scorer(stage, recipe.rewards(), recipe.maxTokens());
            context.weights().publish(reference, models.version());
            List<RolloutGroup> start = rollouts.generate(prompts, recipe.greedy(), seed);
            rewards = Optional.of(Rewards.of(scorer, recipe.rewardNames(), start));
        }
        return new SampledAnswers(recipe, prompts, rollouts, seed, models.policy(), reference, rewards);
    }

    /** The numbers of the policy that the servers hold, by name; {@code greedy} are its greedy answers, [G]. */
    Map<String, Double> numbers(List<RolloutGroup> greedy) {
        List<RolloutGroup> groups = rollouts.generate(prompts, recipe.sampling(), seed);
        List<ScoredGroup> judged = Rubric.of(recipe.reward()).score(groups);
        List<ScoredGroup> scored =
                rewards.map(all -> all.scorer().score(groups)).orElse(List.of());
        Map<String, Double> numbers =
                new LinkedHashMap<>(new AnswerNumbers(judged, recipe.rewardNames(), scored).all());
        numbers.put("eval_kl", kl(groups));
        rewards.ifPresent(all -> numbers.put("eval_win_rate", all.winRate(greedy)));
        return numbers;
    }

    private double kl(List<RolloutGroup> groups) {
        List<TokenSequence> sequences =
                groups.stream().flatMap(group -> group.sequences().stream()).toList();
        boolean[][] drawn = groups.stream()
                .flatMap(group -> group.completions().stream())
                .map(Completion::mask)
                .toArray(boolean[][]::new);
        double temperature = recipe.sampling().temperature();
        return SequenceKl.mean(
                policy.logProbs(sequences, temperature), reference.logProbs(sequences, temperature), drawn);
    }
}
