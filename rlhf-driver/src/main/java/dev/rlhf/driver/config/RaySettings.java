package dev.rlhf.driver.config;

import dev.rlhf.driver.config.bind.Block;
import dev.rlhf.driver.config.bind.Range;

/**
 * What the Ray runtime needs.
 *
 * @param address {@code auto}, or host:port of the cluster's head
 * @param workerHeapMib Java heap of a learner worker, in MiB
 */
@Block("ray")
public record RaySettings(String address, @Range(min = 64) int workerHeapMib) {}
