package dev.rlhf.core.base;

import java.time.Duration;

/**
 * A moment by which something must have ended; whoever waits inside gets what is left of it.
 *
 * @param due its moment, as {@link System#nanoTime} counts
 * @param whole how long it was when it began
 */
public record Deadline(long due, Duration whole) {
    /** The moment {@code duration} from now. */
    public static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos(), duration);
    }

    /** What is left, at least a millisecond so that it can bound a wait. */
    public Duration left() {
        long nanos = due - System.nanoTime();
        return nanos < 1_000_000 ? Duration.ofMillis(1) : Duration.ofNanos(nanos);
    }
}
