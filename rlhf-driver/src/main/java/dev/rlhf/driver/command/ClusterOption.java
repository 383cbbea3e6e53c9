package dev.rlhf.driver.command;

import dev.rlhf.driver.submit.JobFollower;
import dev.rlhf.driver.submit.JobOutcome;
import dev.rlhf.driver.submit.JobServer;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --address}: the cluster that a command speaks with. */
final class ClusterOption {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Option(
            names = "--address",
            paramLabel = "URL",
            defaultValue = "${env:RAY_API_SERVER_ADDRESS:-http://127.0.0.1:8265}",
            description =
                    "the Ray cluster's job server, which is its dashboard (default: RAY_API_SERVER_ADDRESS, else http://127.0.0.1:8265)")
    private URI address = URI.create("http://127.0.0.1:8265");

    URI address() {
        return address;
    }

    /** The server there, once it has said that it is one. */
    JobServer server() {
        JobServer server = new JobServer(address, Optional.ofNullable(System.getenv("RAY_AUTH_TOKEN")), DEADLINE);
        server.version();
        return server;
    }

    /** Follows a job to its end and says what it means; a signal in the meantime ends the following, not the job. */
    int follow(JobServer server, String id) {
        JobFollower follower = new JobFollower(server, Console::print, PAUSE, PATIENCE);
        JobOutcome outcome = HintedWork.during(
                () -> true,
                () -> HintedWork.launcher() + " logs " + HintedWork.quoted(id) + " --follow --address " + address,
                () -> follower.follow(id));
        Console.say(outcome.sentence());
        return outcome.exitCode();
    }

    /** Prints what a job has printed so far. */
    void print(JobServer server, String id) {
        new JobFollower(server, Console::print, PAUSE, PATIENCE).once(id);
    }
}
