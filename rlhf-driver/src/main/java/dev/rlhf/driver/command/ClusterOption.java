package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Secret;
import dev.rlhf.driver.submit.JobClient;
import dev.rlhf.driver.submit.JobCommands;
import dev.rlhf.driver.submit.JobFollower;
import dev.rlhf.driver.submit.JobInfo;
import dev.rlhf.driver.submit.JobOutcome;
import dev.rlhf.driver.submit.JobServer;
import dev.rlhf.driver.submit.KubernetesContext;
import dev.rlhf.driver.submit.KubernetesJobs;
import dev.rlhf.driver.submit.ShellWord;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --address} or {@code --kubernetes}: where the jobs are that a command is about. */
final class ClusterOption {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String VARIABLE = "RAY_API_SERVER_ADDRESS";
    private static final String HERE = "http://127.0.0.1:8265";

    @Option(
            names = "--address",
            paramLabel = "URL",
            description = "the Ray cluster's job server, which is its dashboard (default: " + VARIABLE + ", else "
                    + HERE + ")")
    private @Nullable String address;

    @Option(
            names = "--kubernetes",
            description = "the job is a RayJob of Kubernetes, which makes its own Ray cluster by the KubeRay operator")
    private boolean kubernetes;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "clusters and users of Kubernetes (default: as kubectl finds them)")
    private @Nullable Path kubeconfig;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "the cluster of Kubernetes, as kubectl calls it (default: the current one)")
    private @Nullable String context;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "where the RayJob is (default: the namespace of the context)")
    private @Nullable String namespace;

    /** Whether jobs are objects of Kubernetes. */
    boolean kubernetes() {
        return kubernetes;
    }

    /** The jobs there, once their server has said that it is one. */
    JobClient client() {
        return kubernetes ? kubernetesJobs() : server();
    }

    /** The job server there, once it has said that it is one. */
    JobServer server() {
        if (kubeconfig != null || context != null || namespace != null) {
            throw RlhfException.user("--kubeconfig, --context and --namespace go with --kubernetes");
        }
        JobServer server = new JobServer(url(), Secret.of("RAY_AUTH_TOKEN"), DEADLINE);
        server.version();
        return server;
    }

    /** The RayJobs there, once the API server has answered. */
    KubernetesJobs kubernetesJobs() {
        if (address != null) {
            throw RlhfException.user(
                    "--address names a Ray cluster that runs, and --kubernetes makes one: leave one of them out");
        }
        return KubernetesJobs.in(kubernetesContext());
    }

    /** The options by which a command finds the same again. */
    String options() {
        return kubernetes ? kubernetesContext().options() : "--address " + ShellWord.quoted(url().toString());
    }

    /** The commands about a job there. */
    JobCommands commands(String id) {
        return new JobCommands(HintedWork.launcher(), id, options());
    }

    /** A job there; throws USER when there is none of this name. */
    JobInfo job(JobClient client, String id) {
        return client.job(id).orElseThrow(() -> JobFollower.unknown(client, commands(id)));
    }

    /** Follows a job to its end and says what it means; a signal in the meantime ends the following, not the job. */
    int follow(JobClient client, String id) {
        JobOutcome outcome = AtSignal.say(() -> Optional.of(goesOn(id)), follower(client, id)::follow);
        Console.say(outcome.sentence());
        return outcome.exitCode();
    }

    /** Prints what a job has printed so far. */
    void print(JobClient client, String id) {
        follower(client, id).once();
    }

    private JobFollower follower(JobClient client, String id) {
        return new JobFollower(client, commands(id), Console::print, PAUSE, PATIENCE);
    }

    private String goesOn(String id) {
        JobCommands commands = commands(id);
        return String.join(
                System.lineSeparator(),
                "this command is ended, and job " + id + " goes on in its cluster",
                "see how it is with: " + commands.status(),
                "follow it with: " + commands.follow(),
                "stop it with: " + commands.stop());
    }

    private URI url() {
        String given = Optional.ofNullable(address)
                .or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
                .orElse(HERE);
        try {
            return new URI(given);
        } catch (URISyntaxException broken) {
            throw JobServer.noAddress(given);
        }
    }

    private KubernetesContext kubernetesContext() {
        return new KubernetesContext(
                Optional.ofNullable(kubeconfig), Optional.ofNullable(context), Optional.ofNullable(namespace));
    }
}
