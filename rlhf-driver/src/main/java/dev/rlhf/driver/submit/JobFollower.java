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

    /** A log that is not to be had after the end of its job is waited for this many times shorter than a silent cluster. */
    private static final int LOG_SHARE = 8;

    private final JobClient client;
    private final JobCommands commands;
    private final Consumer<String> out;
    private final Duration pause;
    private final Duration patience;
    private final Duration patienceWithLog;
    private int printed;

    /**
     * A follower of the job that {@code commands} are about.
     *
     * @param out takes what the job prints, in pieces that are whole as they come
     * @param pause shortest time between two looks
     * @param patience how long a cluster may be silent
     */
    public JobFollower(
            JobClient client, JobCommands commands, Consumer<String> out, Duration pause, Duration patience) {
        this.client = client;
        this.commands = commands;
        this.out = out;
        this.pause = pause;
        this.patience = patience;
        this.patienceWithLog = patience.dividedBy(LOG_SHARE);
    }

    /**
     * Follows the job to its end.
     *
     * @throws RlhfException USER when there is no such job, RESOURCE when the cluster is silent for too long or has forgotten the job
     */
    public JobOutcome follow() {
        String id = commands.id();
        Optional<JobInfo> known = Optional.empty();
        long answered = System.nanoTime();
        long wanted = answered;
        while (true) {
            try {
                Optional<JobInfo> job = client.job(id);
                if (job.isEmpty()) {
                    throw known.map(this::forgotten).orElseGet(() -> unknown(client, commands));
                }
                known = job;
                answered = System.nanoTime();
                // After the state: what a job printed before its end is all there.
                boolean whole = printLog(id);
                wanted = whole ? answered : wanted;
                if (job.get().state().ended() && (whole || answered - wanted > patienceWithLog.toNanos())) {
                    return JobOutcome.of(job.get());
                }
            } catch (RlhfException failure) {
                if (failure.kind() != ErrorKind.TRANSIENT) {
                    throw failure;
                }
                if (System.nanoTime() - answered > patience.toNanos()) {
                    throw lost(known, failure);
                }
            }
            LockSupport.parkNanos(untilNextLook());
        }
    }

    /** Prints what the job has printed so far; throws USER when there is no such job. */
    public void once() {
        if (client.job(commands.id()).isEmpty()) {
            throw unknown(client, commands);
        }
        print(client.log(commands.id()));
    }

    /** What is said of a job that a cluster does not know. */
    public static RlhfException unknown(JobClient client, JobCommands commands) {
        return RlhfException.user("there is no job " + commands.id() + " at " + client
                + "; look at the name and the address, or, where its head was started anew since and has forgotten its jobs, go on"
                + " with its run by the command that submitted it, and --resume: " + commands.goOn());
    }

    /** Whether the log was to be had; it is where the driver runs, and may be gone with it. */
    private boolean printLog(String id) {
        try {
            print(client.log(id));
            return true;
        } catch (RlhfException failure) {
            if (failure.kind() == ErrorKind.TRANSIENT) {
                return false;
            }
            throw failure;
        }
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

    private RlhfException lost(Optional<JobInfo> known, RlhfException last) {
        return RlhfException.resource(
                last.getMessage() + ", for " + Seconds.text(patience) + " now; job " + commands.id()
                        + " may go on all the same: look again with: " + commands.follow()
                        + "; where its head is lost, so is the job, and its run goes on with: " + resume(known),
                last);
    }

    private RlhfException forgotten(JobInfo job) {
        return RlhfException.resource(
                "job " + job.id() + " is not known any more at " + client
                        + ", as when somebody deletes it or the head of its cluster is started anew without a memory;"
                        + " go on with: " + resume(Optional.of(job)),
                null);
    }

    private String resume(Optional<JobInfo> known) {
        return known.map(JobInfo::resume).filter(command -> !command.isEmpty()).orElseGet(commands::goOn);
    }
}
