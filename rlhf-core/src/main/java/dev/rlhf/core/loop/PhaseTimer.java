package dev.rlhf.core.loop;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Wall time of the phases of one step, in seconds. */
final class PhaseTimer {
    private static final double NANOS = 1e9;

    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private final long start = System.nanoTime();

    /** Runs a phase and adds its time to what the phase took so far. */
    <T> T measure(String phase, Supplier<T> work) {
        long begin = System.nanoTime();
        T result = work.get();
        seconds.merge(phase, (System.nanoTime() - begin) / NANOS, Double::sum);
        return result;
    }

    /** Runs a phase that gives nothing back. */
    void run(String phase, Runnable work) {
        measure(phase, () -> {
            work.run();
            return phase;
        });
    }

    /** Seconds by phase, and {@code step} for all of it. */
    Map<String, Double> seconds() {
        seconds.put("step", (System.nanoTime() - start) / NANOS);
        return seconds;
    }
}
