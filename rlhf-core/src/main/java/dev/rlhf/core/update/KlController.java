package dev.rlhf.core.update;

import java.util.OptionalDouble;

/** Chooses the coefficient β of the KL penalty. */
public sealed interface KlController permits FixedKl, AdaptiveKl {
    /** β of the present step, at least 0. */
    double beta();

    /**
     * The controller of the next step.
     *
     * @param observedKl KL per sequence the samples had, in nats
     * @param samples number of sequences
     */
    KlController after(double observedKl, int samples);

    /** This controller with another β: what a checkpoint restores. */
    KlController withBeta(double restored);

    /** The KL per sequence that it steers towards, in nats; empty where β stays as it is. */
    default OptionalDouble aim() {
        return OptionalDouble.empty();
    }
}
