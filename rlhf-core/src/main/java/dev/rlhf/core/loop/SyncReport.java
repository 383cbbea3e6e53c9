package dev.rlhf.core.loop;

import java.util.OptionalDouble;

/**
 * What a publication of weights came to.
 *
 * @param gap largest difference between what a server and the network say of a known sequence, in nats a token; empty where the
 *     servers are our own and only their samples are compared
 * @param bytes bytes that were written for the servers to read, at least 0
 */
public record SyncReport(OptionalDouble gap, long bytes) {}
