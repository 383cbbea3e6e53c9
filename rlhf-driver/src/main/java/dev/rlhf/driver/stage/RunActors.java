package dev.rlhf.driver.stage;

import dev.rlhf.actors.ActorHandle;
import dev.rlhf.actors.ActorRole;
import dev.rlhf.actors.ActorRuntime;
import dev.rlhf.actors.LearnerActor;
import dev.rlhf.actors.LearnerClient;
import dev.rlhf.actors.RewardActor;
import dev.rlhf.actors.RewardClient;
import dev.rlhf.actors.RewardSettings;
import dev.rlhf.actors.RolloutActor;
import dev.rlhf.actors.RolloutClient;
import dev.rlhf.actors.RolloutSettings;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Secret;
import dev.rlhf.core.reward.Scorer;
import dev.rlhf.driver.config.Recipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The actors of a run: one learner, and as many rollout and reward actors as the recipe says. */
public final class RunActors {
    /** A server has a part of an actor's time, so that the actor is still heard when it says which server failed. */
    private static final int SERVER_SHARE = 2;

    private final Duration deadline;
    private final LearnerClient learner;
    private final RolloutClient rollouts;
    private final List<ActorHandle> rewardActors;

    private RunActors(
            Duration deadline, LearnerClient learner, RolloutClient rollouts, List<ActorHandle> rewardActors) {
        this.deadline = deadline;
        this.learner = learner;
        this.rollouts = rollouts;
        this.rewardActors = rewardActors;
    }

    /** The role of each actor of a run, in the order in which they are started. */
    public static List<ActorRole> roles(Recipe recipe) {
        List<ActorRole> roles = new ArrayList<>(List.of(LearnerActor.ROLE));
        roles.addAll(Collections.nCopies(recipe.actors().rollout(), RolloutActor.ROLE));
        roles.addAll(Collections.nCopies(recipe.actors().reward(), RewardActor.ROLE));
        return roles;
    }

    /** What a run holds to compute on: its learner, its reward actors and its generation servers. */
    public static int devices(Recipe recipe) {
        return 1
                + recipe.actors().reward()
                + recipe.generation().servers(recipe.actors().rollout());
    }

    /**
     * Starts the actors.
     *
     * @param base model the embedded generation servers start with
     * @param endTokens every token that ends a completion
     * @throws RlhfException USER when there are fewer generation servers than rollout actors
     */
    public static RunActors start(ActorRuntime runtime, Recipe recipe, Path base, List<Integer> endTokens) {
        Duration deadline = Duration.ofSeconds(recipe.deadlineSeconds());
        byte[] nothing = {};
        LearnerClient learner = new LearnerClient(runtime.spawn(LearnerActor.ROLE, "learner-0", nothing), deadline);
        int count = recipe.actors().rollout();
        String key = recipe.generation().keyVariable().flatMap(Secret::of).orElse(null);
        List<ActorHandle> rollouts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RolloutSettings settings = new RolloutSettings(
                    recipe.generation().place(base, i, count),
                    endTokens,
                    key,
                    Math.max(1, recipe.deadlineSeconds() / SERVER_SHARE));
            rollouts.add(runtime.spawn(RolloutActor.ROLE, "rollout-" + i, settings.bytes()));
        }
        List<ActorHandle> rewards = IntStream.range(0, recipe.actors().reward())
                .mapToObj(i -> runtime.spawn(RewardActor.ROLE, "reward-" + i, nothing))
                .toList();
        return new RunActors(deadline, learner, new RolloutClient(rollouts, deadline), rewards);
    }

    /** The learner actor. */
    public LearnerClient learner() {
        return learner;
    }

    /** All rollout actors as one engine. */
    public RolloutClient rollouts() {
        return rollouts;
    }

    /** All reward actors as one scorer by {@code settings}. */
    public Scorer scorer(RewardSettings settings) {
        return new RewardClient(settings, rewardActors, deadline);
    }
}
