package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;

/**
 * What the Ray runtime needs.
 *
 * @param address {@code auto}, or host:port of the cluster's head
 * @param workerHeapMib Java heap of each actor's process, in MiB
 * @param cpusPerActor CPUs each actor reserves; they work in turns, so that a share is enough where nothing else runs
 * @param startSeconds longest wait for the cluster to answer, and for an actor to start or to come back, in seconds
 */
@Block("ray")
public record RaySettings(
        String address,
        @Range(min = 64) int workerHeapMib,
        @Range(min = 0.01) double cpusPerActor,
        @Range(min = 1) int startSeconds) {}
