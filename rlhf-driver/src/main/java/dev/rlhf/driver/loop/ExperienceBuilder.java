package dev.rlhf.driver.loop;

import dev.rlhf.core.advantage.AdvantageInput;
import dev.rlhf.core.advantage.Advantages;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.TokenRewards;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Turns scored completions into rows with log-probs, values and advantages. */
final class ExperienceBuilder {
    private static final float[] NONE = {};
    private static final float[][] NO_ROWS = {};

    private final PolicySettings settings;
    private final PolicyActors actors;

    ExperienceBuilder(PolicySettings settings, PolicyActors actors) {
        this.settings = settings;
        this.actors = actors;
    }

    /**
     * The samples of a step and what the networks say of them, [B] or length 0 where nobody was asked.
     *
     * @param sampled log-probs under the policy the samples came from: the learner's own words, else the server's
     */
    private record Observed(
            List<TokenSequence> sequences,
            boolean[][] masks,
            float[][] rollout,
            float[][] old,
            float[][] reference,
            float[][] values,
            float[][] sampled) {}

    /** Rows of all completions of a step, group after group; {@code beta} is the present KL coefficient. */
    ExperienceBatch build(List<ScoredGroup> scored, double beta, int step) {
        Observed observed = observe(scored);
        double gap = gap(observed, step);
        Advantages advantages = settings.advantage()
                .estimate(new AdvantageInput(
                        tokenRewards(scored, observed, beta),
                        observed.values(),
                        observed.masks(),
                        groupOfRows(scored)));
        List<Experience> rows = new ArrayList<>(observed.sequences().size());
        for (int i = 0; i < observed.sequences().size(); i++) {
            rows.add(new Experience(
                    observed.sequences().get(i),
                    observed.masks()[i],
                    observed.rollout()[i],
                    settings.singleUpdate() ? NONE : row(observed.old(), i),
                    row(observed.reference(), i),
                    row(observed.values(), i),
                    advantages.advantages()[i],
                    row(advantages.returns(), i)));
        }
        Map<String, Double> metrics = metrics(scored, observed, beta);
        metrics.put("rollout_gap", gap);
        return new ExperienceBatch(rows, metrics);
    }

    private double gap(Observed observed, int step) {
        RolloutGap gap = new RolloutGap(settings.sampling(), settings.largestGap());
        return observed.old().length > 0
                ? gap.required(observed.old(), observed.rollout(), 0)
                : gap.sampled(actors.policy(), observed.sequences(), observed.rollout(), step);
    }

    private Observed observe(List<ScoredGroup> scored) {
        List<TokenSequence> sequences = scored.stream()
                .flatMap(group -> group.group().sequences().stream())
                .toList();
        double temperature = settings.sampling().temperature();
        float[][] rollout = scored.stream()
                .flatMap(group -> group.group().completions().stream())
                .map(Completion::logProbs)
                .toArray(float[][]::new);
        float[][] old = needsOldLogProbs()
                ? actors.policy().evaluate(sequences, temperature).logProbs()
                : NO_ROWS;
        float[][] reference = actors.reference()
                .map(network -> network.evaluate(sequences, temperature).logProbs())
                .orElse(NO_ROWS);
        float[][] values = actors.critic()
                .map(critic -> critic.learner().evaluate(sequences, temperature).values())
                .orElse(NO_ROWS);
        boolean[][] masks = sequences.stream().map(ExperienceBuilder::allTokens).toArray(boolean[][]::new);
        return new Observed(sequences, masks, rollout, old, reference, values, old.length > 0 ? old : rollout);
    }

    private Map<String, Double> metrics(List<ScoredGroup> scored, Observed observed, double beta) {
        Map<String, Double> metrics = RolloutMetrics.of(scored, observed.sampled(), observed.reference());
        if (actors.reference().isPresent()) {
            metrics.put("kl_coefficient", beta);
        }
        return metrics;
    }

    /**
     * Whether the learner must say its log-probs before the update.
     *
     * <p>With one update a step and no KL in the reward they would only be compared with themselves. Where top-p or top-k leave
     * tokens out, the server's need not be those of the whole distribution.
     */
    private boolean needsOldLogProbs() {
        return !settings.singleUpdate() || settings.klInReward() || RolloutGap.truncated(settings.sampling());
    }

    private float[][] tokenRewards(List<ScoredGroup> scored, Observed observed, double beta) {
        double charged = settings.klInReward() ? beta : 0;
        double[] scores = scored.stream()
                .flatMapToDouble(group -> Arrays.stream(group.rewards()))
                .toArray();
        float[][] rewards = new float[scores.length][];
        for (int i = 0; i < scores.length; i++) {
            float[] logProbs = observed.sampled()[i];
            float[] compared = observed.reference().length > 0 ? observed.reference()[i] : logProbs;
            rewards[i] = TokenRewards.of(
                    scores[i], logProbs, compared, observed.masks()[i], charged, settings.klEstimator());
        }
        return rewards;
    }

    private static int[] groupOfRows(List<ScoredGroup> scored) {
        List<Integer> groups = new ArrayList<>();
        for (int group = 0; group < scored.size(); group++) {
            for (int i = 0; i < scored.get(group).rewards().length; i++) {
                groups.add(group);
            }
        }
        return groups.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean[] allTokens(TokenSequence sequence) {
        boolean[] mask = new boolean[sequence.responseLength()];
        Arrays.fill(mask, true);
        return mask;
    }

    private static float[] row(float[][] rows, int i) {
        return rows.length == 0 ? NONE : rows[i];
    }
}
