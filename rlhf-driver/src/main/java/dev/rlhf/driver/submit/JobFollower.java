package dev.rlhf.driver.submit;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seconds;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Waits for the end of a job and passes on what it prints.
 *
 * <p>Ray hands out a log as a whole, so that it is asked for less often the longer it is. A cluster that does not answer is asked again
 * until it has been silent for too long: a head that is started anew, and remembers its jobs, is an ordinary case.
 */
public final class JobFollower {
    /** Most of a log that is read a second, in characters, over long stretches. */
    private static final long CHARACTERS_PER_SECOND = 500_000;

    private final JobServer server;
    private final Consumer<String> out;
    private final Duration pause;
    private final Duration patience;
    private int printed;

    /**
     * A follower.
     *
     * @param out takes what the job prints, in pieces that are whole as they come
     * @param pause shortest time between two looks
     * @param patience how long a cluster may be silent
     */
    public JobFollower(JobServer server, Consumer<String> out, Duration pause, Duration patience) {
        this.server = server;
        this.out = out;
        this.pause = pause;
        this.patience = patience;
    }

    /**
     * Follows a job to its end.
     *
     * @throws RlhfException USER when there is no such job, RESOURCE when the cluster is silent for too long or has forgotten the job
     */
    public JobOutcome follow(String id) {
        boolean seen = false;
        long silentSince = System.nanoTime();
        while (true) {
            try {
                Optional<JobInfo> job = server.job(id);
                if (job.isEmpty()) {
                    throw seen ? forgotten(id) : unknown(server, id);
                }
                seen = true;
                // After the state: what a job printed before its end is all there.
                print(server.log(id));
                silentSince = System.nanoTime();
                if (job.get().state().ended()) {
                    return JobOutcome.of(job.get());
                }
            } catch (RlhfException failure) {
                long silent = System.nanoTime() - silentSince;
                if (failure.kind() != ErrorKind.TRANSIENT) {
                    throw failure;
                }
                if (silent > patience.toNanos()) {
                    throw lost(id, failure);
                }
            }
            LockSupport.parkNanos(untilNextLook());
        }
    }

    /** Prints what a job has printed so far; throws USER when there is no such job. */
    public void once(String id) {
        if (server.job(id).isEmpty()) {
            throw unknown(server, id);
        }
        print(server.log(id));
    }

    /** What is said of a job that a cluster does not know. */
    public static RlhfException unknown(JobServer server, String id) {
        return RlhfException.user("there is no job " + id + " at " + server);
    }

    private void print(String log) {
        if (log.length() > printed) {
            out.accept(log.substring(printed));
        }
        // A log that became shorter was begun anew; what was there before is not said twice.
        printed = log.length();
    }

    private long untilNextLook() {
        long seconds = printed / CHARACTERS_PER_SECOND;
        return Math.max(pause.toNanos(), Duration.ofSeconds(seconds).toNanos());
    }

    private RlhfException lost(String id, RlhfException last) {
        return RlhfException.resource(
                last.getMessage() + ", for " + Seconds.text(patience) + " now: job " + id
                        + " may go on all the same; ask for it again by ./rlhf logs " + id + " --follow --address "
                        + server,
                last);
    }

    private RlhfException forgotten(String id) {
        return RlhfException.resource(
                "the Ray cluster at " + server + " does not know job " + id
                        + " any more, as when its head is started anew without a memory; submit it again with --resume",
                null);
    }
}
