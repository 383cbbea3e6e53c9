package dev.rlhf.driver.observe;

import dev.rlhf.core.run.StepReport;
import java.util.List;
import java.util.function.LongSupplier;

/** What a run has cost so far: the seconds of its devices and the tokens that it drew, by what became of them. */
final class CostLedger {
    /** Of steps that are done again, since the run went back to a checkpoint. */
    private static final String WASTED = "wasted";

    private static final List<String> PHASES = List.of("generate", "score", "update", "sync");
    private static final double NANOS = 1e9;

    private final RunMeters meters;
    private final int devices;
    private final LongSupplier nanoTime;
    private long settled;
    private double accounted;
    private int furthest;

    /** A ledger of {@code devices} from now on; reads the time, in nanoseconds from any origin, from {@code nanoTime}. */
    CostLedger(RunMeters meters, int devices, LongSupplier nanoTime) {
        this.meters = meters;
        this.devices = devices;
        this.nanoTime = nanoTime;
        this.settled = nanoTime.getAsLong();
    }

    /** A step is done, the {@code runStep}th of the whole run. */
    void stepDone(String stage, int runStep, StepReport report) {
        boolean again = runStep <= furthest;
        furthest = Math.max(furthest, runStep);
        if (again) {
            spend(stage, WASTED, report.seconds().getOrDefault("step", 0.0));
        } else {
            PHASES.forEach(phase -> spend(stage, phase, report.seconds().getOrDefault(phase, 0.0)));
        }
        tokens(stage, again, report);
        settle(stage);
    }

    private void tokens(String stage, boolean again, StepReport report) {
        double drawn = report.metrics().getOrDefault("drawn_tokens", 0.0);
        if (drawn == 0) {
            return;
        }
        double filtered = report.metrics().getOrDefault("filtered_tokens", 0.0);
        double masked = report.metrics().getOrDefault("masked_tokens", 0.0);
        meters.drawn(stage, "trained", again ? 0 : drawn - filtered - masked);
        meters.drawn(stage, "filtered", again ? 0 : filtered);
        meters.drawn(stage, "truncated", again ? 0 : masked);
        meters.drawn(stage, WASTED, again ? drawn : 0);
    }

    /** Something beside steps took so long: an evaluation, a checkpoint. */
    void spend(String stage, String use, double seconds) {
        meters.used(stage, use, devices * seconds);
        accounted += seconds;
    }

    /** What nobody has accounted for since the last time was spent between the phases. */
    void settle(String stage) {
        long now = nanoTime.getAsLong();
        meters.used(stage, "other", devices * Math.max(0, (now - settled) / NANOS - accounted));
        settled = now;
        accounted = 0;
    }
}
