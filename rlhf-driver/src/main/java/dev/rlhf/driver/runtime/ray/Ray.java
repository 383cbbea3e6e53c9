package dev.rlhf.driver.runtime.ray;

import dev.rlhf.actors.ActorRuntime;
import dev.rlhf.actors.ray.RayJob;
import dev.rlhf.actors.ray.RayRuntime;
import dev.rlhf.actors.ray.RayWheel;
import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.Range;
import dev.rlhf.driver.config.RuntimeKind;
import java.time.Duration;

/**
 * Processes of a Ray cluster.
 *
 * @param address {@code auto}, or host:port of the cluster's head
 * @param workerHeapMib Java heap of each actor's process, in MiB
 * @param cpusPerActor CPUs each actor reserves; they work in turns, so that a share is enough where nothing else runs
 * @param startSeconds longest wait for the cluster to answer, and for an actor to start or to come back, in seconds
 */
@Block(value = "runtime", kinds = "ray")
public record Ray(
        @Changeable String address,
        @Changeable @Range(min = 64) int workerHeapMib,
        @Changeable @Range(min = 0.01) double cpusPerActor,
        @Changeable @Range(min = 1) int startSeconds)
        implements RuntimeKind {
    @Override
    public ActorRuntime open(int actors) {
        RayJob job = new RayJob(address, workerHeapMib, cpusPerActor, actors, Duration.ofSeconds(startSeconds));
        return RayRuntime.connect(RayWheel.find(), job);
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
