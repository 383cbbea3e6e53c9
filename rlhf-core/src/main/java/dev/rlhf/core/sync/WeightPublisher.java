package dev.rlhf.core.sync;

/** Brings new weights to every generation server. */
@FunctionalInterface
public interface WeightPublisher {
    /**
     * Loads weights into every server and returns once each of them has shown that it has them.
     *
     * @return largest difference between what a server and the canary say of a token, in nats
     * @throws dev.rlhf.core.base.RlhfException RESOURCE naming the server that does not have the weights, or did not
     *     answer in time
     */
    double publish(WeightSnapshot weights);
}
