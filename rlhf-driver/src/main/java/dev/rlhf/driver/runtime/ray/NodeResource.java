package dev.rlhf.driver.runtime.ray;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;

/**
 * How much of one of Ray's resources an actor reserves, and so which nodes it may live on.
 *
 * @param name {@code CPU} (which counts instead of {@code cpus-per-actor}), {@code GPU}, or a resource that only nodes of a sort offer, by
 *     {@code ray start --resources}
 * @param amount how much of it; a node has room for as many actors as what it offers can be shared by
 */
@Block("node-resource")
public record NodeResource(String name, @Range(min = 0.0001) double amount) {}
