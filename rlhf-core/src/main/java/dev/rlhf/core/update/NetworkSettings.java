package dev.rlhf.core.update;

import dev.rlhf.core.base.Seed;
import org.jspecify.annotations.Nullable;

/**
 * How to open a network from a Hugging Face model directory.
 *
 * @param modelDirectory absolute path of the directory with config.json and weights
 * @param head what to put on top; a head the directory does not have starts as N(0, 1/(hidden+1)), drawn from {@code seed}
 * @param microBatchTokens most positions of one forward and backward pass, at least 1; one unit of rows
 *     always goes through
 * @param threads threads that share a batch, at least 1; part of the result's identity, so it is recorded with the run
 * @param seed seed of a new head
 * @param explicitHead whether a saved language model states its output head even where it is the embedding, for servers that take
 *     the two for different weights
 * @param recompute whether a layer keeps no more than its input until the way back, and is computed once more then: less memory, a third
 *     more time
 * @param asServed whether a float32 network computes the way there with the bits of an embedded server, for models that are sampled from:
 *     a log-prob is then the server's to the last bit, for a few per cent more time
 * @param precision numbers of the weights and of what is computed with them; a learner's sums, moments and masters are float32 in either
 * @param device where it is computed
 * @param divergedBatch absolute path of the file that the batch of a step is written to whose numbers are not finite, or null for none
 */
public record NetworkSettings(
        String modelDirectory,
        Head head,
        int microBatchTokens,
        int threads,
        Seed seed,
        boolean explicitHead,
        boolean recompute,
        boolean asServed,
        Precision precision,
        Device device,
        @Nullable String divergedBatch) {
    /** A float32 network that is saved with each weight once, keeps what its layers say, and no batch. */
    public NetworkSettings(String modelDirectory, Head head, int microBatchTokens, int threads, Seed seed) {
        this(
                modelDirectory,
                head,
                microBatchTokens,
                threads,
                seed,
                false,
                false,
                false,
                Precision.FLOAT32,
                Device.CPU,
                null);
    }

    /** The same, with the bits of an embedded server. */
    public NetworkSettings likeServers() {
        return new NetworkSettings(
                modelDirectory,
                head,
                microBatchTokens,
                threads,
                seed,
                explicitHead,
                recompute,
                true,
                precision,
                device,
                divergedBatch);
    }
}
