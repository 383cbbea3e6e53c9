package dev.rlhf.driver.observe;

import java.time.Duration;

/** When one was scraped, and when one will be again: what ends should be seen once more. */
final class Scrapes {
    private static final long LONGEST_NANOS = Duration.ofSeconds(90).toNanos();
    private static final long MILLI = 1_000_000;

    private long count;
    private long last;
    private long interval;

    /** A scrape was answered. */
    synchronized void done() {
        long now = System.nanoTime();
        interval = now - last;
        last = now;
        count++;
        notifyAll();
    }

    /** Returns after the next scrape, or when it is overdue; at once where nobody scrapes regularly. */
    synchronized void awaitNext() {
        long before = count;
        long due = last + Math.min(2 * interval, LONGEST_NANOS);
        try {
            while (before > 1 && count == before && System.nanoTime() < due) {
                wait(Math.max(1, (due - System.nanoTime()) / MILLI));
            }
        } catch (InterruptedException hasty) {
            Thread.currentThread().interrupt();
        }
    }
}
