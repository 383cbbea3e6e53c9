package dev.rlhf.core.update;

/**
 * A constant β.
 *
 * @param beta at least 0
 */
public record FixedKl(double beta) implements KlController {
    @Override
    public KlController after(double observedKl, int samples) {
        return this;
    }

    @Override
    public KlController withBeta(double restored) {
        return new FixedKl(restored);
    }
}
