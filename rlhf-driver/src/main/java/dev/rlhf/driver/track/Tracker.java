package dev.rlhf.driver.track;

import java.util.Map;

/**
 * Keeps a run's numbers for a program that compares runs.
 *
 * <p>All is in metrics.jsonl already: a server that is slow or away never stops a run.
 */
public interface Tracker {
    /**
     * Keeps the numbers of a step.
     *
     * @param runStep its place in the whole run; 0 is what was measured before the first
     * @param seconds when it was done, in seconds since 1970
     * @param numbers numbers by name, e.g. {@code grpo/reward_mean}
     */
    void numbers(int runStep, double seconds, Map<String, Double> numbers);

    /** What was kept of steps after {@code runSteps} will be said again. */
    default void rewound(int runSteps, double seconds) {}

    /** What was kept should outlast the end of this machine. */
    default void flush() {}

    /** Ends it; {@code complete} says whether the run came to its end, or may be resumed. */
    void close(boolean complete, double seconds);
}
