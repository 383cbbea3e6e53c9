package dev.rlhf.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The requests a server was sent, e.g. {@code POST /pause}, in the order they came. */
final class RequestJournal {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<String> requests = new ArrayList<>();

    synchronized void add(String request) {
        requests.add(request);
        notifyAll();
    }

    synchronized List<String> all() {
        return List.copyOf(requests);
    }

    synchronized long count(String path) {
        return requests.stream().filter(request -> request.endsWith(" " + path)).count();
    }

    /** Returns when {@code path} has been asked for {@code count} times. */
    synchronized void await(String path, long count) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (count(path) < count) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError(path + " was asked for " + count(path) + " times, not " + count);
            }
            try {
                wait(left);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + path, interrupted);
            }
        }
    }
}
