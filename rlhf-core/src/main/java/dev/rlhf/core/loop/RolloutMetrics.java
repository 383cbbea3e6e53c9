package dev.rlhf.core.loop;

import dev.rlhf.core.base.Constant;
import dev.rlhf.core.measure.SequenceKl;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.update.KlEstimator;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** What the samples of a step look like, in numbers. */
final class RolloutMetrics {
    /** Those that estimate this distance; k3 reversed does not. */
    private static final List<KlEstimator> ESTIMATORS = List.of(KlEstimator.K1, KlEstimator.K2, KlEstimator.K3);

    private RolloutMetrics() {}

    /**
     * Rewards, KL, lengths.
     *
     * @param observed the samples and what was said of them
     */
    static Map<String, Double> of(Observed observed) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        List<ScoredGroup> scored = observed.scored();
        double[] rewards = observed.rewards();
        double mean = Arrays.stream(rewards).average().orElse(0);
        metrics.put("reward_mean", mean);
        metrics.put(
                "reward_std",
                Math.sqrt(Arrays.stream(rewards)
                        .map(r -> (r - mean) * (r - mean))
                        .average()
                        .orElse(0)));
        components(scored).forEach((name, value) -> metrics.put("reward_" + name.replace('-', '_'), value));
        equalGroups(scored).ifPresent(share -> metrics.put("zero_variance_groups", share));
        if (observed.reference().length > 0) {
            metrics.put("kl", SequenceKl.mean(observed.sampled(), observed.reference(), observed.drawn()));
            for (KlEstimator estimator : ESTIMATORS) {
                metrics.put(
                        "kl_estimate_" + Constant.text(estimator),
                        SequenceKl.mean(estimator, observed.sampled(), observed.reference(), observed.drawn()));
            }
        }
        List<Completion> completions = observed.completions();
        metrics.put(
                "response_length",
                completions.stream()
                        .mapToInt(completion -> completion.trajectory().drawn())
                        .average()
                        .orElse(0));
        metrics.put(
                "truncated",
                completions.stream()
                        .mapToInt(c -> c.finishReason() == FinishReason.LENGTH ? 1 : 0)
                        .average()
                        .orElse(0));
        return metrics;
    }

    /** Share of the groups whose completions all earned the same; empty where no prompt has several completions. */
    private static OptionalDouble equalGroups(List<ScoredGroup> scored) {
        return scored.stream()
                .map(ScoredGroup::rewards)
                .filter(rewards -> rewards.length > 1)
                .mapToDouble(rewards -> Arrays.stream(rewards).allMatch(reward -> reward == rewards[0]) ? 1 : 0)
                .average();
    }

    private static Map<String, Double> components(List<ScoredGroup> scored) {
        Map<String, Double> sums = new TreeMap<>();
        int count = 0;
        for (ScoredGroup group : scored) {
            count += group.rewards().length;
            group.components()
                    .forEach((name, values) ->
                            sums.merge(name, Arrays.stream(values).sum(), Double::sum));
        }
        double rows = Math.max(1, count);
        sums.replaceAll((name, sum) -> sum / rows);
        return sums;
    }
}
