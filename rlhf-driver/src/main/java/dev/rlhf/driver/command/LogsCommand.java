package dev.rlhf.driver.command;

import dev.rlhf.driver.submit.JobClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf logs JOB}. */
@Command(name = "logs", description = "Prints what a submitted job has printed.", mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "JOB", description = "what submit called it")
    private String id = "";

    @Option(names = "--follow", description = "goes on until the job has ended, and ends with its exit code")
    private boolean follow;

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Override
    public Integer call() {
        JobClient jobs = cluster.client();
        if (follow) {
            return cluster.follow(jobs, id);
        }
        cluster.print(jobs, id);
        return 0;
    }
}
