package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.reward.RewardFunction;
import dev.rlhf.core.reward.Rubric;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.learner.DjlNetwork;
import java.util.ArrayList;
import java.util.List;

/** Scores samples by rules and by trained reward models. */
public final class RewardActor implements ByteActor {
    /** The role by which runtimes start it. */
    public static final ActorRole ROLE = new ActorRole("reward", RewardActor.class);

    static final String SCORE = "score";

    private final List<DjlNetwork> networks = new ArrayList<>();
    private final Rubric rubric;

    /**
     * Samples to score.
     *
     * @param groups one a prompt
     */
    record Request(List<RolloutGroup> groups) {}

    /**
     * The scores.
     *
     * @param groups in the order of the request
     */
    record Answer(List<ScoredGroup> groups) {}

    /** Opens the reward models of {@code settings}, a {@link RewardSettings}. */
    public RewardActor(byte[] settings) {
        RewardSettings read = Wire.read(settings, RewardSettings.class);
        rubric = new Rubric(read.criteria().stream()
                .map(criterion -> new Rubric.Criterion(function(criterion), criterion.weight()))
                .toList());
    }

    @Override
    public byte[] call(String method, byte[] message) {
        if (!method.equals(SCORE)) {
            throw RlhfException.bug("a reward actor has no method " + method);
        }
        return Wire.write(
                new Answer(rubric.score(Wire.read(message, Request.class).groups())));
    }

    @Override
    public void close() {
        networks.forEach(DjlNetwork::close);
    }

    private RewardFunction function(CriterionSettings criterion) {
        if (criterion instanceof CriterionSettings.Rule rule) {
            return rule.reward();
        }
        CriterionSettings.Model model = (CriterionSettings.Model) criterion;
        DjlNetwork network = DjlNetwork.open(model.network());
        networks.add(network);
        return new RewardModelScores(network, model.mean(), model.deviation());
    }
}
