package dev.rlhf.rollout;

/**
 * What is known of a generation server without asking it.
 *
 * @param address its address
 * @param retries requests that failed so far and were sent again
 * @param version number of the weights that it has shown to hold, -1 while it holds none that are known
 */
public record ServerState(String address, long retries, long version) {}
