package dev.rlhf.actors.ray;

import java.time.Duration;

/**
 * What a run asks of a Ray cluster.
 *
 * @param address {@code auto}, or host:port of the cluster's head
 * @param workerHeapMib Java heap of each actor's process, in MiB
 * @param cpusPerActor CPUs of a node that each actor reserves, above 0; fractions share a CPU
 * @param actors most actors of the run; each gets a place, spread over the nodes
 * @param startDeadline longest wait for the cluster to answer, and for an actor to start or to come back
 */
public record RayJob(String address, int workerHeapMib, double cpusPerActor, int actors, Duration startDeadline) {}
