package dev.rlhf.driver.submit;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.testing.ray.FakeJobServer.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a run is read of its RayJob. */
class KubernetesJobsTest {
    private static final String ID = DescribedPods.LABEL.id();
    private static final String PROXY =
            "/api/v1/namespaces/ml/services/" + ID + "-head-svc:8265/proxy/api/jobs/" + ID + "-x7/";

    private final FakeKubernetes fake = FakeKubernetes.start();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        fake.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''           | ''        | PENDING",
                "Initializing | ''        | PENDING",
                "Waiting      | ''        | PENDING",
                "Running      | PENDING   | RUNNING",
                "Running      | RUNNING   | RUNNING",
                "Running      | FAILED    | RUNNING",
                "Complete     | SUCCEEDED | SUCCEEDED",
                "Complete     | STOPPED   | STOPPED",
                "Complete     | FAILED    | FAILED",
                "Failed       | FAILED    | FAILED",
                "Failed       | ''        | FAILED",
                "Suspended    | ''        | STOPPED",
            })
    void theStateOfAJobIsReadOfItsRayJob(String deployment, String job, JobState state) throws IOException {
        KubernetesJobs jobs = withJob();
        fake.statuses(status(deployment, job, ""));

        JobInfo info = jobs.job(ID).orElseThrow();
        assertThat(info.state()).isEqualTo(state);
        assertThat(info.out()).isEqualTo("/runs/a");
        assertThat(info.resume()).isEqualTo(DescribedPods.LABEL.resume());
        assertThat(jobs.job("another")).isEmpty();
    }

    @Test
    void aJobIsFollowedToItsEndThroughTheApiServer() throws IOException {
        KubernetesJobs jobs = withJob();
        fake.statuses(
                status("Initializing", "", ""),
                status("Initializing", "", ""),
                status("Running", "RUNNING", ""),
                status("Running", "RUNNING", ""),
                status(
                        "Failed",
                        "FAILED",
                        "Job entrypoint command failed with exit code 4, last available logs (truncated to 20,000 chars):\\n"
                                + "rlhf: the loss of step 7 is not finite"));
        fake.answer("GET " + PROXY + "logs", Answer.of("{\"logs\": \"step 1\\n\"}"));
        List<String> printed = new ArrayList<>();

        JobOutcome outcome =
                follower(jobs, printed::add, Duration.ofSeconds(20)).follow();

        assertThat(printed).containsExactly("step 1\n");
        assertThat(outcome)
                .isEqualTo(
                        new JobOutcome(4, "job " + ID + " ended with exit code 4: the loss of step 7 is not finite"));
    }

    @Test
    void theEndOfAJobIsToldAlsoWhenItsPodsAreGone() throws IOException {
        KubernetesJobs jobs = withJob();
        fake.statuses(status("Complete", "SUCCEEDED", "Job finished successfully."));
        fake.answer("GET " + PROXY + "logs", FakeKubernetes.refusal(503, "no endpoints available for service"));

        JobOutcome outcome = follower(jobs, text -> {}, Duration.ofMillis(400)).follow();

        assertThat(outcome).isEqualTo(new JobOutcome(0, "job " + ID + " is done; its run is in /runs/a"));
    }

    private static JobFollower follower(KubernetesJobs jobs, Consumer<String> out, Duration patience) {
        JobCommands commands = new JobCommands("./rlhf", ID, jobs.options());
        return new JobFollower(jobs, commands, out, Duration.ofMillis(1), patience);
    }

    @Test
    void aJobThatRunsIsStoppedByItsOwnClusterAndAnotherOneIsSuspended() throws IOException {
        KubernetesJobs jobs = withJob();
        jobs.stop(ID);
        assertThat(fake.only("rayjobs").path("spec").path("suspend").asBoolean())
                .isTrue();

        fake.statuses(status("Running", "RUNNING", ""));
        fake.answer("POST " + PROXY + "stop", Answer.of("{\"stopped\": true}"));
        jobs.stop(ID);
        assertThat(fake.requests()).contains("POST " + PROXY + "stop");
    }

    @Test
    void whatAnApiServerMayLackIsOneSentence() throws IOException {
        fake.answer(
                "GET " + FakeKubernetes.RAY_JOBS,
                FakeKubernetes.refusal(404, "the server could not find the requested resource"));
        assertFails(
                this::jobs,
                ErrorKind.USER,
                "answered 404 to the list of RayJobs",
                "is the KubeRay operator installed there?");
        fake.answer("GET " + FakeKubernetes.RAY_JOBS, FakeKubernetes.refusal(401, "Unauthorized"));
        assertFails(this::jobs, ErrorKind.USER, "answered 401", "log in again");
        fake.answer("GET " + FakeKubernetes.RAY_JOBS, FakeKubernetes.refusal(403, "rayjobs.ray.io is forbidden"));
        assertFails(this::jobs, ErrorKind.USER, "rayjobs.ray.io is forbidden", "the rights that a submitter needs");

        String dead = dead();
        Path nowhere = Files.writeString(
                folder.resolve("nowhere"),
                Files.readString(fake.kubeconfig(folder)).replace(fake.address(), dead));
        assertFails(
                () -> KubernetesJobs.in(context(nowhere, Optional.empty())),
                ErrorKind.RESOURCE,
                "no Kubernetes API server answers at " + dead + "/ (connection refused)",
                "--context names another one");
    }

    @Test
    void aContextThatIsNotThereIsNotTakenForTheCurrentOne() {
        Path kubeconfig = fake.kubeconfig(folder);

        assertThat(KubernetesJobs.in(context(kubeconfig, Optional.of("here"))).options())
                .isEqualTo("--kubernetes --kubeconfig " + kubeconfig + " --context here");
        assertFails(
                () -> KubernetesJobs.in(context(kubeconfig, Optional.of("there"))),
                ErrorKind.USER,
                "there is no context there in " + kubeconfig);
        assertFails(
                () -> KubernetesJobs.in(context(folder.resolve("none"), Optional.empty())),
                ErrorKind.USER,
                "--kubeconfig: cannot read " + folder.resolve("none"));
    }

    private KubernetesJobs jobs() {
        return KubernetesJobs.in(context(fake.kubeconfig(folder), Optional.empty()));
    }

    private static KubernetesContext context(Path kubeconfig, Optional<String> context) {
        return new KubernetesContext(Optional.of(kubeconfig), context, Optional.empty());
    }

    private KubernetesJobs withJob() {
        KubernetesJobs jobs = jobs();
        new DescribedPods(folder).create(jobs);
        return jobs;
    }

    private static String status(String deployment, String job, String message) {
        return "{\"jobDeploymentStatus\": \"" + deployment + "\", \"jobStatus\": \"" + job + "\", \"message\": \""
                + message
                + "\", \"jobId\": \"" + ID + "-x7\", \"dashboardURL\": \"" + ID
                + "-head-svc.ml.svc.cluster.local:8265\"}";
    }

    private static String dead() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return "http://127.0.0.1:" + socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
