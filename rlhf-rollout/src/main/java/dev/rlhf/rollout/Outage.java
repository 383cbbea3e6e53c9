package dev.rlhf.rollout;

import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seconds;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Tells once that a server fails and once that it answers again, however many requests it fails in between. */
final class Outage {
    private static final Logger LOG = System.getLogger(Outage.class.getName());
    private static final long NONE = 0;

    private final String server;
    private final AtomicLong since = new AtomicLong(NONE);
    private final LongAdder retries = new LongAdder();

    Outage(String server) {
        this.server = server;
    }

    /** A request failed and will be sent again. */
    void failed(RlhfException fault, Deadline deadline) {
        retries.increment();
        if (since.compareAndSet(NONE, System.nanoTime() | 1)) {
            LOG.log(
                    Level.WARNING,
                    "asking again for at most {0}: {1}",
                    Seconds.text(deadline.left()),
                    String.valueOf(fault.getMessage()));
        }
    }

    /** Requests that failed so far and were sent again. */
    long retries() {
        return retries.sum();
    }

    /** A request was answered. */
    void answered() {
        if (since.get() == NONE) {
            return;
        }
        long begin = since.getAndSet(NONE);
        if (begin != NONE) {
            Duration lasted = Duration.ofNanos(System.nanoTime() - begin);
            LOG.log(Level.INFO, "{0} answers again after {1}", server, Seconds.text(lasted));
        }
    }
}
