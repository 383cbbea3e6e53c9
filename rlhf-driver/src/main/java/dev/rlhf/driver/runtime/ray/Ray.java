package dev.rlhf.driver.runtime.ray;

import dev.rlhf.actors.ActorRole;
import dev.rlhf.actors.ActorRuntime;
import dev.rlhf.actors.LearnerActor;
import dev.rlhf.actors.RewardActor;
import dev.rlhf.actors.RolloutActor;
import dev.rlhf.actors.ray.ActorPlace;
import dev.rlhf.actors.ray.RayJob;
import dev.rlhf.actors.ray.RayRuntime;
import dev.rlhf.actors.ray.RayWheel;
import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.RuntimeKind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Processes of a Ray cluster.
 *
 * @param address {@code auto}, or host:port of the cluster's head
 * @param workerHeapMib Java heap of each actor's process, in MiB
 * @param cpusPerActor CPUs each actor reserves; they work in turns, so that a share is enough where nothing else runs
 * @param startSeconds longest wait for the cluster to answer, and for an actor to start or to come back, in seconds
 * @param learner what the learner reserves beside its CPUs, e.g. {@code [{name: GPU, amount: 1}]}
 * @param rollout what each rollout actor reserves beside its CPUs, e.g. a sliver of a resource that only nodes near the generation servers offer
 * @param reward what each reward actor reserves beside its CPUs
 */
@Block(value = "runtime", kinds = "ray")
public record Ray(
        @Changeable String address,
        @Changeable @Range(min = 64) int workerHeapMib,
        @Changeable @Range(min = 0.01) double cpusPerActor,
        @Changeable @Range(min = 1) int startSeconds,
        @Changeable List<NodeResource> learner,
        @Changeable List<NodeResource> rollout,
        @Changeable List<NodeResource> reward)
        implements RuntimeKind {
    private static final String CPU = "CPU";

    /** Keeps its own copies of the lists. */
    public Ray {
        learner = List.copyOf(learner);
        rollout = List.copyOf(rollout);
        reward = List.copyOf(reward);
    }

    @Override
    public ActorRuntime open(List<ActorRole> actors) {
        Map<ActorRole, List<NodeResource>> asked =
                Map.of(LearnerActor.ROLE, learner, RolloutActor.ROLE, rollout, RewardActor.ROLE, reward);
        List<ActorPlace> places =
                actors.stream().map(role -> place(role, asked.get(role))).toList();
        RayJob job = new RayJob(address, workerHeapMib, places, Duration.ofSeconds(startSeconds));
        return RayRuntime.connect(RayWheel.find(), job);
    }

    private ActorPlace place(ActorRole role, @Nullable List<NodeResource> asked) {
        if (asked == null) {
            throw RlhfException.bug("no key says what a " + role.name() + " reserves");
        }
        Map<String, Double> resources = new HashMap<>(Map.of(CPU, cpusPerActor));
        asked.forEach(resource -> resources.put(resource.name(), resource.amount()));
        return new ActorPlace(role.name(), resources);
    }

    @Override
    public boolean local() {
        return false;
    }

    @Override
    public String words() {
        return "Ray cluster";
    }
}
