package dev.rlhf.driver.track.mlflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.FileFault;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Posts in their order on a thread of its own, again and again while the server is away; what is too much for it is dropped. */
final class Outbox {
    private static final Logger LOG = System.getLogger(Outbox.class.getName());
    private static final int MOST = 10_000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final long MILLI = 1_000_000;
    private static final Duration FAREWELL = Duration.ofSeconds(20);

    private final MlFlowCalls calls;
    private final Deque<Post> waiting = new ArrayDeque<>();
    private final Thread thread = new Thread(this::work, "mlflow");
    private long dropped;
    private boolean closing;
    private boolean away;

    /**
     * What is to be posted.
     *
     * @param path where
     * @param body what
     */
    private record Post(String path, ObjectNode body) {}

    Outbox(MlFlowCalls calls) {
        this.calls = calls;
        thread.setDaemon(true);
        thread.start();
    }

    synchronized void add(String path, ObjectNode body) {
        if (waiting.size() == MOST) {
            waiting.remove();
            dropped++;
        }
        waiting.add(new Post(path, body));
        notifyAll();
    }

    /** Returns when all is posted, or after a while; at once while the server is away. */
    synchronized void flush() {
        long end = System.nanoTime() + FAREWELL.toNanos();
        try {
            for (long left = FAREWELL.toMillis(); left > 0 && !waiting.isEmpty() && !away; left = left(end)) {
                wait(left);
            }
        } catch (InterruptedException hasty) {
            Thread.currentThread().interrupt();
        }
    }

    private static long left(long end) {
        return (end - System.nanoTime()) / MILLI;
    }

    /** Returns when all is posted, or after a while; says what was not. */
    void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        try {
            thread.join(FAREWELL.toMillis());
        } catch (InterruptedException hasty) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            long lost = dropped + waiting.size();
            if (lost > 0) {
                LOG.log(
                        Level.WARNING,
                        "{0} lacks the numbers of {1} steps or evaluations; metrics.jsonl has all",
                        calls,
                        lost);
            }
        }
        thread.interrupt();
    }

    private void work() {
        try {
            Duration pause = FIRST_PAUSE;
            for (Post post = next(); post != null; post = next()) {
                if (posted(post)) {
                    pause = FIRST_PAUSE;
                } else {
                    rest(pause);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    /** The oldest one, as soon as there is one; null when there will be no more. */
    private synchronized @Nullable Post next() throws InterruptedException {
        while (waiting.isEmpty() && !closing) {
            wait();
        }
        return waiting.peek();
    }

    /** Whether it need not be posted again. */
    private boolean posted(Post post) throws InterruptedException {
        try {
            calls.post(post.path(), post.body());
            if (awayNow(false)) {
                LOG.log(Level.INFO, "{0} answers again", calls);
            }
            done(post, 0);
            return true;
        } catch (MlFlowCalls.Refused refused) {
            LOG.log(Level.WARNING, "{0} does not take what it is told: {1}", calls, refused.getMessage());
            done(post, 1);
            return true;
        } catch (IOException fault) {
            if (!awayNow(true)) {
                LOG.log(Level.WARNING, "{0} does not answer ({1}); it is told later", calls, FileFault.reason(fault));
            }
            return false;
        }
    }

    /** Remembers whether the server is away, and returns whether it was. */
    private synchronized boolean awayNow(boolean now) {
        boolean before = away;
        away = now;
        notifyAll();
        return before;
    }

    private synchronized void done(Post post, int lost) {
        waiting.remove(post);
        dropped += lost;
        notifyAll();
    }

    private synchronized void rest(Duration pause) throws InterruptedException {
        long end = System.nanoTime() + pause.toNanos();
        for (long left = pause.toMillis(); left > 0; left = left(end)) {
            wait(left);
        }
    }
}
