package dev.rlhf.driver.observe;

import dev.rlhf.core.run.StepReport;
import dev.rlhf.driver.track.TrackedRun;
import dev.rlhf.driver.track.Tracker;
import dev.rlhf.driver.track.TrackerKind;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Tells a tracker the numbers of metrics.jsonl and evaluations.jsonl, under their keys there with the stage before: {@code grpo/kl}. */
public final class TrackedNumbers implements RunObserver, AutoCloseable {
    private static final double MILLIS = 1000;

    private final Tracker tracker;
    private final Clock clock;
    private final int steps;
    private int done;
    private Set<String> said = Set.of();

    TrackedNumbers(Tracker tracker, int steps, Clock clock) {
        this.tracker = tracker;
        this.steps = steps;
        this.clock = clock;
    }

    /**
     * Tells a tracker of a kind, which is opened.
     *
     * @param directory the run's directory
     * @param settings every key of its recipe with its value
     * @param steps steps of all its stages
     */
    public static TrackedNumbers of(TrackerKind kind, Path directory, Map<String, String> settings, int steps) {
        Clock clock = Clock.systemUTC();
        TrackedRun run =
                new TrackedRun(String.valueOf(directory.getFileName()), directory, settings, clock.millis() / MILLIS);
        return new TrackedNumbers(kind.open(run), steps, clock);
    }

    @Override
    public void evaluated(StageEvaluation evaluation) {
        Map<String, Double> numbers = new TreeMap<>(evaluation.evaluation().values());
        said = Set.copyOf(numbers.keySet());
        numbers.put(RunLines.time("evaluate"), evaluation.seconds());
        tell(evaluation.stage(), evaluation.runStep(), numbers);
    }

    @Override
    public void stepDone(StageStep step) {
        StepReport report = step.report();
        Map<String, Double> numbers = new TreeMap<>(report.metrics());
        // The evaluation has told its own.
        numbers.keySet().removeAll(said);
        said = Set.of();
        numbers.put("weight_version", (double) report.version().number());
        report.seconds().forEach((phase, seconds) -> numbers.put(RunLines.time(phase), seconds));
        tell(step.stage(), step.runStep(), numbers);
        done = step.runStep();
    }

    @Override
    public void checkpointing() {
        tracker.flush();
    }

    @Override
    public void rewound(int runSteps, Set<String> finished) {
        done = runSteps;
        tracker.rewound(runSteps, now());
    }

    @Override
    public void close() {
        tracker.close(done >= steps, now());
    }

    private void tell(String stage, int runStep, Map<String, Double> numbers) {
        Map<String, Double> named = new TreeMap<>();
        numbers.forEach((key, number) -> named.put(stage + "/" + key, number));
        tracker.numbers(runStep, now(), named);
    }

    private double now() {
        return clock.millis() / MILLIS;
    }
}
