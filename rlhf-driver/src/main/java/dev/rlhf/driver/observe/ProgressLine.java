package dev.rlhf.driver.observe;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A live line with steps, time left and the numbers of the last step; plain lines now and then where there is no terminal. */
public final class ProgressLine implements RunObserver, AutoCloseable {
    private static final long PLAIN_PAUSE_NANOS = 10_000_000_000L;
    private static final int REFRESH_MILLIS = 500;
    private static final int WIDTH = 120;

    private final PrintStream out;
    private final boolean terminal;
    private Optional<ProgressBar> bar = Optional.empty();
    private Optional<StageStarted> stage = Optional.empty();
    private long lastPlain = System.nanoTime();

    /**
     * Prints to {@code out}.
     *
     * @param terminal whether a line can be drawn over
     */
    public ProgressLine(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void stageStarted(StageStarted started) {
        close();
        stage = Optional.of(started);
        if (terminal) {
            ProgressBar opened = new ProgressBarBuilder()
                    .setTaskName(title(started))
                    .setInitialMax(started.steps())
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(REFRESH_MILLIS)
                    .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH))
                    .startsFrom(started.stepsDone(), Duration.ZERO)
                    .build();
            bar = Optional.of(opened);
        } else {
            out.println(title(started) + ", " + started.steps() + " steps");
        }
    }

    @Override
    public void stepDone(StageStep step) {
        String numbers = numbers(step.report().metrics());
        bar.ifPresent(line -> {
            line.stepTo(step.report().step());
            line.setExtraMessage(numbers);
        });
        if (bar.isEmpty() && System.nanoTime() - lastPlain > PLAIN_PAUSE_NANOS) {
            lastPlain = System.nanoTime();
            int steps = stage.map(StageStarted::steps).orElse(0);
            out.println("  " + step.stage() + " step " + step.report().step() + " of " + steps + ", " + numbers);
        }
    }

    @Override
    public void stageFinished(StageResult result) {
        close();
        if (!terminal) {
            out.println("  " + result.name() + " done in " + String.format(Locale.ROOT, "%.1f s", result.seconds()));
        }
    }

    @Override
    public void notice(String message) {
        out.println(message);
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }

    private static String title(StageStarted stage) {
        return "[" + stage.stage() + "/" + stage.stages() + "] " + stage.name();
    }

    private static String numbers(Map<String, Double> metrics) {
        return Stream.of("reward_mean", "kl", "loss", "pair_accuracy")
                .filter(metrics::containsKey)
                .map(name -> name.replace("_mean", "") + " " + String.format(Locale.ROOT, "%.3f", metrics.get(name)))
                .collect(Collectors.joining(", "));
    }
}
