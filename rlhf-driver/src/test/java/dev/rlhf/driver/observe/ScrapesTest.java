package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Prometheus asks every so often; a run that ends in between must not look as if it had stopped short. */
class ScrapesTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Scrapes scrapes = new Scrapes();

    @Test
    void nobodyIsWaitedForWhoHasNotAskedTwice() throws InterruptedException {
        assertThat(ended(waiting(), LONG)).isTrue();
        scrapes.done();
        assertThat(ended(waiting(), LONG)).isTrue();
    }

    @Test
    void theNextScrapeIsWaitedForButNotOneThatIsOverdue() throws InterruptedException {
        scrapes.done();
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        scrapes.done();
        Thread waiting = waiting();
        assertThat(ended(waiting, Duration.ofMillis(500)))
                .as("before the next scrape")
                .isFalse();
        scrapes.done();
        assertThat(ended(waiting, Duration.ofSeconds(1)))
                .as("after the next scrape")
                .isTrue();
        LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        assertThat(ended(waiting(), LONG)).as("an overdue scrape").isTrue();
    }

    private Thread waiting() {
        Thread thread = new Thread(scrapes::awaitNext);
        thread.start();
        return thread;
    }

    private static boolean ended(Thread thread, Duration most) throws InterruptedException {
        thread.join(most.toMillis());
        return !thread.isAlive();
    }
}
