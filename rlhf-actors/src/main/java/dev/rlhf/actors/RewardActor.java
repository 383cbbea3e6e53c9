package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.reward.RewardContext;
import dev.rlhf.core.reward.RewardFunction;
import dev.rlhf.core.reward.RewardKinds;
import dev.rlhf.core.reward.RewardOrigin;
import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.core.reward.Rubric;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.learner.DjlNetwork;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Scores samples by rewards of any kind: rules, trained reward models, services, a user's own.
 *
 * <p>Every request names what to score by, so that a restarted actor needs to be told nothing.
 */
public final class RewardActor implements ByteActor {
    /** The role by which runtimes start it. */
    public static final ActorRole ROLE = new ActorRole("reward", RewardActor.class);

    static final String SCORE = "score";

    private final Deque<Runnable> opened = new ArrayDeque<>();
    private byte[] current = {};
    private Optional<Rubric> rubric = Optional.empty();

    /**
     * Samples to score.
     *
     * @param settings what to score them by, {@link RewardSettings} as {@link Wire} wrote them
     * @param groups one a prompt
     */
    record Request(byte[] settings, List<RolloutGroup> groups) {}

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
        // Forgotten first: a rubric must never be asked again when what it scores by is gone.
        rubric = Optional.empty();
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }

    /** The rubric of {@code settings}; what was opened for others is freed. */
    private Rubric rubric(byte[] settings) {
        if (rubric.isPresent() && Arrays.equals(current, settings)) {
            return rubric.get();
        }
        close();
        RewardSettings read = Wire.read(settings, RewardSettings.class);
        RewardKinds kinds = new RewardKinds(read.jars().stream().map(Path::of).toList());
        Rubric made = new Rubric(read.terms().stream()
                .map(term -> criterion(kinds, read.maxTokens(), term))
                .toList());
        rubric = Optional.of(made);
        current = settings;
        return made;
    }

    private Rubric.Criterion criterion(RewardKinds kinds, int maxTokens, RewardTerm term) {
        RewardRecipe recipe = Wire.read(term.recipe(), kinds.recipe(term.kind()));
        RewardOrigin origin = RewardOrigin.of(recipe);
        RewardContext context = new RewardContext(
                maxTokens, Optional.ofNullable(term.model()).map(this::scores), Optional.ofNullable(term.secret()));
        RewardFunction function = origin.guard(term.name(), () -> recipe.open(context));
        opened.push(function::close);
        return new Rubric.Criterion(term.name(), origin, function, recipe.weight());
    }

    private RewardFunction scores(RewardTerm.Model model) {
        DjlNetwork network = DjlNetwork.open(model.network());
        opened.push(network::close);
        return new RewardModelScores(network, model.mean(), model.deviation());
    }
}
