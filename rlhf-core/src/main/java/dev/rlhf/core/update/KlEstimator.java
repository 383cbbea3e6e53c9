package dev.rlhf.core.update;

/**
 * A per-token estimate of KL(π ‖ π_ref) from one sample of π, with d = log π − log π_ref.
 *
 * <p>Source: Schulman 2020, "Approximating KL divergence"; Lambert, chapter on regularization. The sign matters: with d the
 * other way round k1 is negated and k3 becomes heavy-tailed.
 */
public enum KlEstimator {
    /** k1 = d: unbiased, may be negative; its gradient in a loss is zero in expectation, so use it in the reward. */
    K1 {
        @Override
        public double value(double logProb, double reference) {
            return logProb - reference;
        }

        @Override
        public double derivative(double logProb, double reference) {
            return 1;
        }
    },
    /** k2 = d²/2: biased, never negative; its gradient has the right expectation. */
    K2 {
        @Override
        public double value(double logProb, double reference) {
            double difference = logProb - reference;
            return difference * difference / 2;
        }

        @Override
        public double derivative(double logProb, double reference) {
            return logProb - reference;
        }
    },
    /** k3 = e^{−d} − 1 + d: unbiased, never negative; GRPO's term in the loss. Below d = −20 its tangent goes on. */
    K3 {
        @Override
        public double value(double logProb, double reference) {
            double difference = logProb - reference;
            double bounded = Math.max(LEAST_DIFFERENCE, difference);
            return Math.expm1(-bounded) + bounded + slope(bounded) * (difference - bounded);
        }

        @Override
        public double derivative(double logProb, double reference) {
            return slope(Math.max(LEAST_DIFFERENCE, logProb - reference));
        }

        private static double slope(double difference) {
            return -Math.expm1(-difference);
        }
    },
    /**
     * e^{d} − 1 − d, k3 with d the other way round, to be compared with it: some published code computes this under the name of k3.
     *
     * <p>Never negative, but under samples of π no estimate of KL(π ‖ π_ref): its mean is Σ π²/π_ref − 1 − KL(π ‖ π_ref), so that a few
     * tokens with π ≫ π_ref outweigh all others. Above d = 20 its tangent goes on.
     */
    K3_REVERSED {
        @Override
        public double value(double logProb, double reference) {
            // With both exchanged, d changes its sign and nothing else.
            return K3.value(reference, logProb);
        }

        @Override
        public double derivative(double logProb, double reference) {
            return -K3.derivative(reference, logProb);
        }
    };

    /** Under this, e^{−d} says no more than "far away" and would only overflow. */
    private static final double LEAST_DIFFERENCE = -20;

    /** The estimate in nats. */
    public abstract double value(double logProb, double reference);

    /** Its derivative by {@code logProb}. */
    public abstract double derivative(double logProb, double reference);
}
