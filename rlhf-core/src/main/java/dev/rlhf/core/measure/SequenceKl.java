package dev.rlhf.core.measure;

import dev.rlhf.core.update.KlEstimator;

/** How far a policy is from its reference, from samples of the policy. */
public final class SequenceKl {
    private SequenceKl() {}

    /**
     * Mean over the sequences of Σ_t (log π − log π_ref): the k1 estimate of KL(π ‖ π_ref) per sequence, in nats; 0 of no sequences.
     *
     * @param logProbs log π of each token, [B][T]
     * @param reference log π_ref of each token, [B][T]
     * @param drawn true on tokens that the policy drew, which alone count, [B][T]
     */
    public static double mean(float[][] logProbs, float[][] reference, boolean[][] drawn) {
        return mean(KlEstimator.K1, logProbs, reference, drawn);
    }

    /** The same by another estimator of each token's share, in nats. */
    public static double mean(KlEstimator estimator, float[][] logProbs, float[][] reference, boolean[][] drawn) {
        double sum = 0;
        for (int i = 0; i < logProbs.length; i++) {
            for (int t = 0; t < logProbs[i].length; t++) {
                sum += drawn[i][t] ? estimator.value(logProbs[i][t], reference[i][t]) : 0;
            }
        }
        return sum / Math.max(1, logProbs.length);
    }
}
