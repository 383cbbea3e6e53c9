package dev.rlhf.driver.command;

import dev.rlhf.driver.submit.JobClient;
import dev.rlhf.driver.submit.JobInfo;
import dev.rlhf.driver.submit.JobOutcome;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf status JOB}. */
@Command(
        name = "status",
        description = "Says how a submitted job is; the exit code of one that has ended is that of its run.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Parameters(paramLabel = "JOB", description = "what submit called it")
    private String id = "";

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Override
    public Integer call() {
        JobClient jobs = cluster.client();
        JobInfo job = cluster.job(jobs, id);
        if (job.state().ended()) {
            JobOutcome outcome = JobOutcome.of(job);
            Console.say(outcome.sentence());
            return outcome.exitCode();
        }
        Console.say("job " + id + " is " + job.state().name().toLowerCase(Locale.ROOT)
                + (job.out().isEmpty() ? "" : "; its run is in " + job.out()));
        return 0;
    }
}
