package dev.rlhf.core.update;

/**
 * A β that follows a target: β ← β · (1 + clip(KL / target − 1, ±0.2) · n / horizon).
 *
 * <p>Source: Ziegler et al. 2019 (arXiv 1909.08593), section 2.2.
 *
 * @param beta present β, above 0
 * @param target KL per sequence aimed at, in nats, above 0
 * @param horizon samples in which β can move by about a fifth, above 0
 */
public record AdaptiveKl(double beta, double target, double horizon) implements KlController {
    private static final double LARGEST_ERROR = 0.2;

    @Override
    public KlController after(double observedKl, int samples) {
        double error = Math.max(-LARGEST_ERROR, Math.min(LARGEST_ERROR, observedKl / target - 1));
        return withBeta(beta * (1 + error * samples / horizon));
    }

    @Override
    public KlController withBeta(double restored) {
        return new AdaptiveKl(restored, target, horizon);
    }
}
