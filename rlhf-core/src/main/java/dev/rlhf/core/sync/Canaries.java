package dev.rlhf.core.sync;

import dev.rlhf.core.update.Network;

/** Makes the canary of each set of weights; how much it tolerates is measured when a run begins. */
public final class Canaries {
    /** Servers that compute in float32 as the learner does differ by a hundredth of this. */
    private static final double LEAST_TOLERANCE = 1e-4;

    /** Weights differ in how much rounding they amplify. */
    private static final double MARGIN = 10;

    private final int vocabulary;
    private final int contextLength;
    private final double largestGap;
    private double tolerance;

    /**
     * Canaries of a model.
     *
     * @param largestGap what is tolerated before anything was measured, and at most, in nats
     */
    public Canaries(int vocabulary, int contextLength, double largestGap) {
        this.vocabulary = vocabulary;
        this.contextLength = contextLength;
        this.largestGap = largestGap;
        this.tolerance = largestGap;
    }

    /** The canary of a network's present weights. */
    public Canary of(Network network) {
        return Canary.of(network, vocabulary, contextLength, tolerance);
    }

    /** The sequence that canaries are of. */
    public int[] sequence() {
        return Canary.sequence(vocabulary, contextLength);
    }

    /** From now on tolerates what servers with the right weights were seen to differ by, and some more. */
    public void measured(double gap) {
        tolerance = Math.min(largestGap, Math.max(LEAST_TOLERANCE, MARGIN * gap));
    }

    /** What is tolerated now, in nats. */
    public double tolerance() {
        return tolerance;
    }
}
