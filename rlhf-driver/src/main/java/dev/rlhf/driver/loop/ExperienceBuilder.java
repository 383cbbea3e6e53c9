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

    private final PolicySettings settings;
    private final PolicyActors actors;

    ExperienceBuilder(PolicySettings settings, PolicyActors actors) {
        this.settings = settings;
        this.actors = actors;
    }

    /** Rows of all completions, group after group; {@code beta} is the present KL coefficient. */
    ExperienceBatch build(List<ScoredGroup> scored, double beta) {
        List<Completion> completions = scored.stream()
                .flatMap(group -> group.group().completions().stream())
                .toList();
        List<TokenSequence> sequences = scored.stream()
                .flatMap(group -> group.group().sequences().stream())
                .toList();
        double temperature = settings.sampling().temperature();
        float[][] rollout = completions.stream().map(Completion::logProbs).toArray(float[][]::new);
        float[][] old = needsOldLogProbs() ? actors.policy().evaluate(sequences, temperature).logProbs() : new float[0][];
        float[][] reference = actors.reference()
                .map(network -> network.evaluate(sequences, temperature).logProbs())
                .orElse(new float[0][]);
        float[][] values = actors.critic()
                .map(critic -> critic.learner().evaluate(sequences, temperature).values())
                .orElse(new float[0][]);
        boolean[][] masks = sequences.stream().map(ExperienceBuilder::allTokens).toArray(boolean[][]::new);

        float[][] sampled = old.length > 0 ? old : rollout;
        float[][] rewards = tokenRewards(scored, sampled, reference, masks, beta);
        Advantages advantages =
                settings.advantage().estimate(new AdvantageInput(rewards, values, masks, groupOfRows(scored)));
        List<Experience> rows = new ArrayList<>(sequences.size());
        for (int i = 0; i < sequences.size(); i++) {
            rows.add(new Experience(
                    sequences.get(i),
                    masks[i],
                    rollout[i],
                    settings.singleUpdate() ? NONE : row(old, i),
                    row(reference, i),
                    row(values, i),
                    advantages.advantages()[i],
                    row(advantages.returns(), i)));
        }
        Map<String, Double> metrics = RolloutMetrics.of(scored, sampled, reference);
        if (actors.reference().isPresent()) {
            metrics.put("kl_coefficient", beta);
        }
        if (old.length > 0) {
            metrics.put("rollout_gap", RolloutMetrics.largestGap(old, rollout));
        }
        return new ExperienceBatch(rows, metrics);
    }

    /**
     * Whether the learner must say its log-probs before the update.
     *
     * <p>With one update a step and no KL in the reward they would only be compared with themselves.
     */
    private boolean needsOldLogProbs() {
        return !settings.singleUpdate() || settings.klPlacement() == KlPlacement.REWARD;
    }

    private float[][] tokenRewards(
            List<ScoredGroup> scored, float[][] logProbs, float[][] reference, boolean[][] masks, double beta) {
        double charged = settings.klPlacement() == KlPlacement.REWARD ? beta : 0;
        double[] scores = scored.stream()
                .flatMapToDouble(group -> Arrays.stream(group.rewards()))
                .toArray();
        float[][] rewards = new float[scores.length][];
        for (int i = 0; i < scores.length; i++) {
            float[] compared = reference.length > 0 ? reference[i] : logProbs[i];
            rewards[i] = TokenRewards.of(scores[i], logProbs[i], compared, masks[i], charged, settings.klEstimator());
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
