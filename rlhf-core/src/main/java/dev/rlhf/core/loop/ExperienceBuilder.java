package dev.rlhf.core.loop;

import dev.rlhf.core.advantage.AdvantageInput;
import dev.rlhf.core.advantage.Advantages;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.Needs;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.TokenRewards;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns scored completions into rows with what the losses need of each token. */
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
     * Rows of all completions of a step, group after group.
     *
     * @param beta the present KL coefficient
     * @param learns whether the policy will be updated
     */
    ExperienceBatch build(List<ScoredGroup> scored, double beta, boolean learns) {
        Objective loss = settings.objective().apply(beta);
        Needs needs = needs(loss);
        Observed observed = observe(scored, !learns || wantsOldLogProbs(needs));
        RolloutGap gap = new RolloutGap(settings.sampling(), settings.largestGap());
        boolean asked = observed.old().length > 0;
        Objective objective = asked ? loss : Objective.sum(loss, gap);
        Advantages advantages = settings.advantage()
                .apply(new AdvantageInput(
                        tokenRewards(observed, beta), observed.values(), observed.drawn(), observed.groups()));
        List<Experience> rows = new ArrayList<>(observed.sequences().size());
        boolean[][] trained = new boolean[observed.sequences().size()][];
        for (int i = 0; i < observed.sequences().size(); i++) {
            trained[i] = trained(observed, i);
            rows.add(Experience.of(observed.sequences().get(i), trained[i])
                    .with(Input.ROLLOUT_LOG_PROBS, observed.rollout()[i])
                    .with(Input.OLD_LOG_PROBS, settings.singleUpdate() ? NONE : row(observed.old(), i))
                    .with(Input.REFERENCE_LOG_PROBS, row(observed.reference(), i))
                    .with(Input.VALUES, row(observed.values(), i))
                    .with(Input.ADVANTAGES, advantages.advantages()[i])
                    .with(Input.RETURNS, row(advantages.returns(), i))
                    .keeping(needs.and(objective.needs()).inputs()));
        }
        Map<String, Double> metrics = metrics(observed, beta);
        if (asked) {
            metrics.put(RolloutGap.NAME, gap.required(observed.old(), observed.rollout(), observed.drawn()));
        }
        metrics.putAll(TokenUse.of(observed.drawn(), trained, advantages.advantages()));
        return new ExperienceBatch(rows, objective, metrics);
    }

    /** What policy and critic need of a row. */
    private Needs needs(Objective policy) {
        return actors.critic()
                .map(critic -> policy.needs().and(critic.objective().needs()))
                .orElse(policy.needs());
    }

    private Observed observe(List<ScoredGroup> scored, boolean old) {
        List<Completion> completions = scored.stream()
                .flatMap(group -> group.group().completions().stream())
                .toList();
        List<TokenSequence> sequences = scored.stream()
                .flatMap(group -> group.group().sequences().stream())
                .toList();
        double temperature = settings.sampling().temperature();
        return new Observed(
                scored,
                completions,
                sequences,
                completions.stream().map(Completion::mask).toArray(boolean[][]::new),
                completions.stream().map(Completion::logProbs).toArray(float[][]::new),
                old ? actors.policy().logProbs(sequences, temperature) : NO_ROWS,
                actors.reference()
                        .map(network -> network.logProbs(sequences, temperature))
                        .orElse(NO_ROWS),
                actors.critic()
                        .map(critic -> critic.learner().values(sequences))
                        .orElse(NO_ROWS));
    }

    /** A truncated response may be drawn, scored and compared with, and yet not be learnt from. */
    private boolean[] trained(Observed observed, int i) {
        boolean truncated = observed.completions().get(i).finishReason() == FinishReason.LENGTH;
        return settings.maskTruncated() && truncated ? new boolean[observed.drawn()[i].length] : observed.drawn()[i];
    }

    private Map<String, Double> metrics(Observed observed, double beta) {
        Map<String, Double> metrics = RolloutMetrics.of(observed);
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
    private boolean wantsOldLogProbs(Needs needs) {
        boolean compared = needs.inputs().contains(Input.OLD_LOG_PROBS) && !settings.singleUpdate();
        return compared || settings.klInReward() || RolloutGap.truncated(settings.sampling());
    }

    private float[][] tokenRewards(Observed observed, double beta) {
        double charged = settings.klInReward() ? beta : 0;
        double[] scores = observed.rewards();
        float[][] rewards = new float[scores.length][];
        for (int i = 0; i < scores.length; i++) {
            float[] logProbs = observed.sampled()[i];
            float[] compared = observed.reference().length > 0 ? observed.reference()[i] : logProbs;
            rewards[i] = TokenRewards.of(
                    scores[i], logProbs, compared, observed.drawn()[i], charged, settings.klEstimator());
        }
        return rewards;
    }

    private static float[] row(float[][] rows, int i) {
        return rows.length == 0 ? NONE : rows[i];
    }
}
