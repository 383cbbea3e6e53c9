package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.reward.RewardFunction;
import dev.rlhf.core.reward.Rubric;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.learner.DjlNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Scores samples by rules and by trained reward models.
 *
 * <p>Every request names what to score by, so that a restarted actor needs to be told nothing.
 */
public final class RewardActor implements ByteActor {
    /** The role by which runtimes start it. */
    public static final ActorRole ROLE = new ActorRole("reward", RewardActor.class);

    static final String SCORE = "score";

    private final List<DjlNetwork> networks = new ArrayList<>();
    private Optional<RewardSettings> current = Optional.empty();
    private Optional<Rubric> rubric = Optional.empty();

    /**
     * Samples to score.
     *
     * @param settings what to score them by
     * @param groups one a prompt
     */
    record Request(RewardSettings settings, List<RolloutGroup> groups) {}

    /**
     * The scores.
     *
     * @param scores in the order of the request
     */
    record Answer(List<Scores> scores) {}

    /**
     * What the completions of a group were worth, without the group, which the asker has.
     *
     * @param prompt id of its prompt
     * @param rewards weighted sum of the components, [n]
     * @param components unweighted score of each criterion by name, each [n]
     */
    record Scores(String prompt, double[] rewards, Map<String, double[]> components) {
        static Scores of(ScoredGroup scored) {
            return new Scores(scored.group().prompt().id(), scored.rewards(), scored.components());
        }
    }

    /** An actor without reward models; it needs no settings. */
    public RewardActor(byte[] settings) {
        if (settings.length > 0) {
            throw RlhfException.bug("a reward actor takes no settings, got " + settings.length + " bytes");
        }
    }

    @Override
    public byte[] call(String method, byte[] message) {
        if (!method.equals(SCORE)) {
            throw RlhfException.bug("a reward actor has no method " + method);
        }
        Request request = Wire.read(message, Request.class);
        return Wire.write(new Answer(rubric(request.settings()).score(request.groups()).stream()
                .map(Scores::of)
                .toList()));
    }

    @Override
    public void close() {
        // Forgotten first: a rubric must never be asked again when its networks are gone.
        rubric = Optional.empty();
        current = Optional.empty();
        networks.forEach(DjlNetwork::close);
        networks.clear();
    }

    /** The rubric of {@code settings}; what was opened for others is freed. */
    private Rubric rubric(RewardSettings settings) {
        if (rubric.isPresent() && current.equals(Optional.of(settings))) {
            return rubric.get();
        }
        close();
        Rubric opened = new Rubric(settings.criteria().stream()
                .map(criterion -> new Rubric.Criterion(criterion.name(), function(criterion), criterion.weight()))
                .toList());
        rubric = Optional.of(opened);
        current = Optional.of(settings);
        return opened;
    }

    private RewardFunction function(CriterionSettings criterion) {
        if (criterion instanceof CriterionSettings.Rule rule) {
            return rule.reward();
        }
        if (criterion instanceof CriterionSettings.Model model) {
            DjlNetwork network = DjlNetwork.open(model.network());
            networks.add(network);
            return new RewardModelScores(network, model.mean(), model.deviation());
        }
        throw RlhfException.bug("no reward is known of " + criterion.getClass());
    }
}
