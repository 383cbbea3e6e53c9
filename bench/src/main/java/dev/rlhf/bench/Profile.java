package dev.rlhf.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the threads of our side are, looked at every few milliseconds.
 *
 * <p>A thread inside libtorch stands in the Java method that called it, so that the product's own names tell forward, head, backward
 * and optimiser apart. Which kernel runs inside one of them is a question for {@code perf}.
 */
final class Profile implements AutoCloseable {
    private static final String PRODUCT = "dev.rlhf.";
    /** Frames that only carry calls elsewhere. */
    private static final List<String> CARRIERS =
            List.of("dev.rlhf.learner.engine.", "dev.rlhf.bench.", "dev.rlhf.actors.InProcess");
    /** A thread that stands in one of these waits, whatever its state says. */
    private static final Set<String> WAITING = Set.of(
            "sun.nio.ch", "java.net", "jdk.internal.misc.Unsafe", "java.lang.Object", "java.lang.ProcessHandleImpl");

    private static final long MILLIS = 5;
    private static final int SHOWN = 12;

    private final Map<String, Integer> seen = new HashMap<>();
    private final Thread watch = new Thread(this::watch, "profile");
    private int looks;
    private volatile boolean done;

    private Profile() {
        watch.setDaemon(true);
    }

    /** Runs our side of a benchmark, warmed up, and says in which methods its threads were. */
    static String of(Benchmark.Alone benchmark, Workplace workplace) {
        Comparison.Blocks blocks = workplace.blocks(benchmark.blocks());
        try (Benchmark.OurSide ours = benchmark.ours(workplace)) {
            for (int i = 0; i < blocks.warmUp(); i++) {
                ours.run(blocks.steps());
            }
            Profile profile = new Profile();
            double seconds = 0;
            profile.watch.start();
            for (int i = 0; i < blocks.pairs(); i++) {
                seconds += ours.run(blocks.steps()).seconds();
            }
            profile.close();
            int steps = blocks.pairs() * blocks.steps();
            return profile.words(benchmark.id(), 1000 * seconds / steps, workplace.threads());
        }
    }

    private void watch() {
        try {
            while (!done) {
                looks++;
                Thread.getAllStackTraces().forEach((thread, stack) -> {
                    if (thread != watch && thread.getState() == Thread.State.RUNNABLE) {
                        place(stack).ifPresent(place -> seen.merge(place, 1, Integer::sum));
                    }
                });
                Thread.sleep(MILLIS);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** The two innermost methods of the product that do something themselves, caller first; empty for a thread that waits or is not ours. */
    private static Optional<String> place(StackTraceElement[] stack) {
        if (stack.length == 0 || WAITING.stream().anyMatch(stack[0].getClassName()::startsWith)) {
            return Optional.empty();
        }
        List<String> inner = Arrays.stream(stack)
                .filter(frame -> frame.getClassName().startsWith(PRODUCT))
                .filter(frame -> CARRIERS.stream().noneMatch(frame.getClassName()::startsWith))
                .filter(frame ->
                        !(frame.getClassName() + frame.getMethodName()).matches(".*([$]{2}Lambda|lambda[$]).*"))
                .limit(2)
                .map(frame -> frame.getClassName().replaceAll(".*[.]", "") + "." + frame.getMethodName())
                .toList();
        return switch (inner.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(inner.get(0));
            default -> Optional.of(inner.get(1) + " → " + inner.get(0));
        };
    }

    /** A share of 100 % is all threads all the time; what is missing they waited, or one of them did the work of both inside libtorch. */
    private String words(String id, double milliseconds, int threads) {
        StringBuilder words = new StringBuilder(
                String.format(Locale.ROOT, "%s: %.1f ms a step, %d looks%n", id, milliseconds, looks));
        seen.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(SHOWN)
                .forEach(place -> words.append(String.format(
                        Locale.ROOT, "  %5.1f %%  %s%n", 100.0 * place.getValue() / looks / threads, place.getKey())));
        return words.toString();
    }

    @Override
    public void close() {
        done = true;
        try {
            watch.join();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }
}
