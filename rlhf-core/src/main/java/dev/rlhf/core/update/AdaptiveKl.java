package dev.rlhf.core.update;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.util.OptionalDouble;

/**
 * A β that follows a target: β ← β · (1 + clip(KL / target − 1, ±0.2) · n / horizon).
 *
 * <p>Source: Ziegler et al. 2019 (arXiv 1909.08593), section 2.2.
 *
 * @param beta the coefficient β, in a recipe the one at the start
 * @param target KL per sequence aimed at, in nats
 * @param horizon samples in which β can move by about a fifth
 */
@Block(value = "kl-controller", kinds = "adaptive")
public record AdaptiveKl(
        @Range(above = 0) double beta,
        @Range(above = 0) double target,
        @Range(above = 0) double horizon) implements KlController {
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

    @Override
    public OptionalDouble aim() {
        return OptionalDouble.of(target);
    }
}
