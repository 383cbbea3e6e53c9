package dev.rlhf.driver.command;

import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seconds;
import dev.rlhf.driver.submit.JobClient;
import dev.rlhf.driver.submit.JobInfo;
import dev.rlhf.driver.submit.JobOutcome;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf stop JOB}. */
@Command(
        name = "stop",
        description = "Stops a submitted job and waits for its end; its run keeps its checkpoints.",
        mixinStandardHelpOptions = true)
final class StopCommand implements Callable<Integer> {
    /** Ray kills a driver that has not ended three seconds after it was told to. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Duration PAUSE = Duration.ofMillis(500);

    @Parameters(paramLabel = "JOB", description = "what submit called it")
    private String id = "";

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Override
    public Integer call() {
        JobClient jobs = cluster.client();
        JobInfo job = cluster.job(jobs, id);
        if (!job.state().ended()) {
            jobs.stop(id);
        }
        Deadline deadline = Deadline.in(LONGEST);
        while (!job.state().ended()) {
            if (deadline.due() - System.nanoTime() < 0) {
                throw RlhfException.resource(
                        "job " + id + " has not ended " + Seconds.text(LONGEST) + " after it was told to", null);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            job = cluster.job(jobs, id);
        }
        Console.say(JobOutcome.of(job).sentence());
        return 0;
    }
}
