package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.loop.Corruption;
import dev.rlhf.core.loop.ExampleSource;
import dev.rlhf.core.loop.LabelNoise;
import dev.rlhf.core.loop.PreferencePair;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.prompt.PromptCursor;
import dev.rlhf.core.prompt.ShuffledPrompts;
import dev.rlhf.core.reward.Rubric;
import dev.rlhf.core.reward.RuleReward;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.update.Experience;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Preference pairs made for prompts with known answers.
 *
 * <p>A share of them is two samples of the model, ranked by a rule; the others are the answer against a corruption of it that is
 * drawn anew each time. Samples show the reward model what the policy really writes, corruptions what it will come to write.
 */
final class RankedPairs implements ExampleSource {
    private final DataLoader loader;
    private final double onPolicyShare;
    private final Optional<ShuffledPrompts<PreferencePair>> samples;
    private final ShuffledPrompts<Prompt> truths;
    private final Corruption corruption;
    private final LabelNoise noise;

    private RankedPairs(
            DataLoader loader,
            double onPolicyShare,
            Optional<ShuffledPrompts<PreferencePair>> samples,
            ShuffledPrompts<Prompt> truths,
            Corruption corruption,
            LabelNoise noise) {
        this.loader = loader;
        this.onPolicyShare = onPolicyShare;
        this.samples = samples;
        this.truths = truths;
        this.corruption = corruption;
        this.noise = noise;
    }

    static PreferenceSource open(RankedSamples recipe, PairStart start) {
        RolloutEngine policy = start.policy().get();
        int sampled = (int) Math.ceil(recipe.pairs() * recipe.onPolicyShare());
        RankedPairs train = source(recipe, recipe.prompts(), sampled, recipe.labelNoise(), start, policy);
        RankedPairs heldOut = source(
                recipe,
                recipe.prompts().heldOutPart(),
                recipe.heldOutPairs(),
                0,
                new PairStart(
                        start.loader(),
                        start.policy(),
                        start.seed().derive("held-out"),
                        start.state().restarted()),
                policy);
        return new PreferenceSource(train, heldOut.draw(recipe.heldOutPairs()));
    }

    @Override
    public List<Experience> next(int count) {
        return draw(count).stream().flatMap(pair -> pair.rows().stream()).toList();
    }

    @Override
    public List<PromptCursor> cursors() {
        return List.of(samples.map(ShuffledPrompts::cursor).orElse(PromptCursor.START), truths.cursor());
    }

    private List<PreferencePair> draw(int count) {
        int onPolicy = (int) Math.round(count * onPolicyShare);
        List<PreferencePair> pairs =
                new ArrayList<>(samples.map(pool -> pool.next(onPolicy)).orElse(List.of()));
        for (int i = onPolicy; i < count; i++) {
            PromptCursor place = truths.cursor();
            pairs.add(noise.of(truth(truths.next(1).get(0), place), place));
        }
        return pairs;
    }

    private PreferencePair truth(Prompt prompt, PromptCursor place) {
        String answer = answer(prompt);
        return new PreferencePair(
                sequence(prompt, answer), sequence(prompt, corruption.of(answer, place.epoch(), place.position())));
    }

    private TokenSequence sequence(Prompt prompt, String response) {
        return loader.example(prompt, response);
    }

    private static RankedPairs source(
            RankedSamples recipe,
            PromptData data,
            int sampled,
            double labelNoise,
            PairStart start,
            RolloutEngine policy) {
        Seed seed = start.seed();
        LabelNoise noise = new LabelNoise(labelNoise, seed.derive("label-noise"));
        List<Prompt> prompts = start.loader().prompts(data, recipe.maxTokens());
        return new RankedPairs(
                start.loader(),
                recipe.onPolicyShare(),
                recipe.onPolicyShare() == 0
                        ? Optional.empty()
                        : Optional.of(new ShuffledPrompts<>(
                                noise.of(sampled(recipe, prompts, sampled, seed, policy)),
                                seed.derive("sample-order"),
                                start.state().cursor(0))),
                new ShuffledPrompts<>(
                        prompts, seed.derive("truth-order"), start.state().cursor(1)),
                new Corruption(prompts.stream().map(RankedPairs::answer).toList(), seed.derive("corruption")),
                noise);
    }

    private static List<PreferencePair> sampled(
            RankedSamples recipe, List<Prompt> prompts, int count, Seed seed, RolloutEngine policy) {
        return rank(
                policy.generate(
                        new ShuffledPrompts<>(prompts, seed.derive("sampled"), PromptCursor.START)
                                .next(Math.min(count, prompts.size())),
                        recipe.sampling(),
                        seed.derive("samples")),
                recipe.rankedBy());
    }

    /** The best against the worst sample of each prompt; prompts whose samples are all worth the same are left out. */
    private static List<PreferencePair> rank(List<RolloutGroup> groups, RuleReward rule) {
        List<PreferencePair> pairs = new ArrayList<>();
        for (ScoredGroup scored : Rubric.of(rule).score(groups)) {
            List<Completion> samples = scored.group().completions();
            double[] scores = scored.rewards();
            Comparator<Integer> byScore = Comparator.comparingDouble(sample -> scores[sample]);
            int best = IntStream.range(0, scores.length).boxed().max(byScore).orElseThrow();
            int worst = IntStream.range(0, scores.length).boxed().min(byScore).orElseThrow();
            if (byScore.compare(best, worst) > 0) {
                int[] prompt = scored.group().prompt().tokens();
                pairs.add(new PreferencePair(
                        TokenSequence.of(prompt, samples.get(best).tokens()),
                        TokenSequence.of(prompt, samples.get(worst).tokens())));
            }
        }
        if (pairs.isEmpty()) {
            throw RlhfException.user("ranked-samples made no pair: the rule gives all samples of every prompt the same"
                    + " score; choose another ranked-by or a higher temperature");
        }
        return pairs;
    }

    private static String answer(Prompt prompt) {
        String answer = prompt.fields().get(Prompt.ANSWER);
        if (answer == null) {
            throw RlhfException.user(prompt.id() + ": ranked-samples needs an answer; set answer-key of its prompts");
        }
        return answer;
    }
}
