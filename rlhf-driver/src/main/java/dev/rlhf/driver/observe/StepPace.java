package dev.rlhf.driver.observe;

import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/** How long the rest of a stage will take, by the steps seen; what a stage does before its first step does not count. */
final class StepPace {
    private static final double NANOS = 1e9;

    private final LongSupplier nanoTime;
    private long firstTime;
    private int firstStep;
    private OptionalDouble secondsPerStep = OptionalDouble.empty();

    /** Reads the time, in nanoseconds from any origin, from {@code nanoTime}. */
    StepPace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A step is done. */
    void stepDone(int step) {
        long now = nanoTime.getAsLong();
        if (firstStep == 0) {
            firstStep = step;
            firstTime = now;
        } else {
            secondsPerStep = OptionalDouble.of((now - firstTime) / NANOS / (step - firstStep));
        }
    }

    /** Seconds that so many steps will take; empty until two steps were seen. */
    OptionalDouble secondsFor(int steps) {
        return secondsPerStep.isPresent() ? OptionalDouble.of(steps * secondsPerStep.getAsDouble()) : secondsPerStep;
    }
}
