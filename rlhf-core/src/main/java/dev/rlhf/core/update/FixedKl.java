package dev.rlhf.core.update;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;

/**
 * A constant β.
 *
 * @param beta the coefficient β
 */
@Block(value = "kl-controller", kinds = "fixed")
public record FixedKl(@Range(min = 0) double beta) implements KlController {
    @Override
    public KlController after(double observedKl, int samples) {
        return this;
    }

    @Override
    public KlController withBeta(double restored) {
        return new FixedKl(restored);
    }
}
