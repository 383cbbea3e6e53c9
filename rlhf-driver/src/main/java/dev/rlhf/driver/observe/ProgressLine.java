package dev.rlhf.driver.observe;

import dev.rlhf.core.run.Evaluation;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A live line with steps, time left and the numbers of the last step; when a stage is done, a line on what it came to.
 *
 * <p>Where there is no terminal, plain lines now and then.
 */
public final class ProgressLine implements RunObserver, AutoCloseable {
    private static final long PLAIN_PAUSE_NANOS = 10_000_000_000L;
    private static final int REFRESH_MILLIS = 500;
    private static final List<String> HELD_OUT =
            List.of(Evaluation.ACCURACY, Evaluation.PAIR_ACCURACY, Evaluation.LOSS);
    private static final String REWARD = "reward_mean";
    /** Where there is a reward, the loss says nothing that could be read at a glance. */
    private static final List<String> REWARDED = List.of(REWARD, "kl", "pair_accuracy");

    private static final List<String> UNREWARDED = List.of("kl", "pair_accuracy", "loss");

    private final PrintStream out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private final IntSupplier columns;
    private Optional<ProgressBar> bar = Optional.empty();
    private StageStarted stage = new StageStarted("", "", 0, 0, 0, 0);
    private StepPace pace;
    private long lastPlain;
    private String heldOut = "";

    /**
     * Prints to {@code out}.
     *
     * @param terminal whether a line can be drawn over
     */
    public ProgressLine(PrintStream out, boolean terminal) {
        this(out, terminal, System::nanoTime, TerminalWidth::columns);
    }

    ProgressLine(PrintStream out, boolean terminal, LongSupplier nanoTime, IntSupplier columns) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        this.columns = columns;
        this.pace = new StepPace(nanoTime);
        this.lastPlain = nanoTime.getAsLong();
    }

    @Override
    public void stageStarted(StageStarted started) {
        close();
        stage = started;
        pace = new StepPace(nanoTime);
        heldOut = "";
        if (terminal) {
            bar = Optional.of(new ProgressBarBuilder()
                    .setTaskName(title())
                    .setInitialMax(started.steps())
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(REFRESH_MILLIS)
                    .continuousUpdate()
                    .hideEta()
                    .setConsumer(new LiveLine(out, columns))
                    .startsFrom(started.stepsDone(), Duration.ZERO)
                    .build()
                    .setExtraMessage("getting ready"));
        } else {
            out.println(title() + (started.steps() == 0 ? "" : ", " + started.steps() + " steps"));
        }
    }

    @Override
    public void evaluated(StageEvaluation done) {
        int step = done.evaluation().step();
        heldOut = String.join(", ", numbers(HELD_OUT, done.evaluation().values()));
        if (bar.isPresent()) {
            heldOut = "at step " + step + " " + heldOut;
            bar.get().setExtraMessage(heldOut);
        } else {
            out.println("  " + (stage.steps() == 0 ? "" : "step " + step + " of " + stage.steps() + ", ")
                    + "evaluated: " + heldOut);
            heldOut = "";
        }
    }

    @Override
    public void stepDone(StageStep step) {
        int done = step.report().step();
        pace.stepDone(done);
        List<String> parts = new ArrayList<>();
        if (done == stage.steps()) {
            parts.add("finishing");
        } else {
            pace.secondsFor(stage.steps() - done).ifPresent(seconds -> parts.add(Figures.duration(seconds) + " left"));
        }
        Map<String, Double> metrics = step.report().metrics();
        parts.addAll(numbers(metrics.containsKey(REWARD) ? REWARDED : UNREWARDED, metrics));
        if (!heldOut.isEmpty()) {
            parts.add(heldOut);
        }
        String words = String.join(", ", parts);
        if (bar.isPresent()) {
            bar.get().stepTo(done).setExtraMessage(words);
        } else if (nanoTime.getAsLong() - lastPlain > PLAIN_PAUSE_NANOS) {
            lastPlain = nanoTime.getAsLong();
            out.println("  step " + done + " of " + stage.steps() + ", " + words);
        }
    }

    @Override
    public void stageFinished(StageResult result) {
        if (bar.isPresent()) {
            close();
            out.print(LiveLine.erased());
        }
        List<String> parts = new ArrayList<>();
        parts.add((result.steps() == 0 ? "taken over" : result.steps() + " steps") + " in "
                + Figures.duration(result.seconds()));
        result.outcomes().forEach(outcome -> outcome.sentence().ifPresent(parts::add));
        out.println(title() + ": " + String.join(", ", parts));
    }

    @Override
    public void notice(String message) {
        // The live line, which is drawn again at once, must not stand before the message.
        out.println((bar.isPresent() ? LiveLine.ERASE_LINE : "") + message);
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }

    private String title() {
        return "[" + stage.stage() + "/" + stage.stages() + "] " + stage.name();
    }

    private static List<String> numbers(List<String> keys, Map<String, Double> values) {
        return keys.stream()
                .map(key -> new Outcome(Metrics.known(key), null, values.get(key)))
                .flatMap(number -> number.sentence().stream())
                .toList();
    }
}
