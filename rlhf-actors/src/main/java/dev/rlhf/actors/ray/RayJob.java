package dev.rlhf.actors.ray;

import java.time.Duration;
import java.util.List;

/**
 * What a run asks of a Ray cluster.
 *
 * @param address {@code auto}, or host:port of the cluster's head
 * @param workerHeapMib Java heap of each actor's process, in MiB
 * @param places one for each actor of the run at most; they are spread over the nodes as far as their resources allow
 * @param startDeadline longest wait for the cluster to answer, and for an actor to start or to come back
 */
public record RayJob(String address, int workerHeapMib, List<ActorPlace> places, Duration startDeadline) {
    /** Keeps its own copy of {@code places}. */
    public RayJob {
        places = List.copyOf(places);
    }
}
