package dev.rlhf.driver.submit;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.testing.ray.FakeJobServer.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run is a RayJob that KubeRay's schema takes, and what becomes of it is read of that. */
class KubernetesJobsTest {
    private static final String ID = "rlhf-small-20261126-120000-3f2a";
    private static final Submission.Label LABEL = new Submission.Label(ID, "/runs/a", "./rlhf submit small.yaml --resume");
    private static final String PROXY =
            "/api/v1/namespaces/ml/services/" + ID + "-head-svc:8265/proxy/api/jobs/" + ID + "-x7/";

    /** Two kinds of pods, of which one has a volume already, and what a submitter must not take over. */
    private static final String PODS = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: runs}
            spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 5Gi}}}
            ---
            apiVersion: ray.io/v1
            kind: RayJob
            metadata: {name: demo, namespace: other, labels: {team: a}}
            spec:
              entrypoint: sleep 5
              backoffLimit: 3
              submissionMode: HTTPMode
              rayClusterSpec:
                rayVersion: 2.60.0
                headGroupSpec:
                  rayStartParams: {num-cpus: "0"}
                  template:
                    spec: &pod
                      containers:
                        - name: ray
                          image: rlhf:0.1.0
                          volumeMounts: [{name: runs, mountPath: /runs}]
                        - {name: beside, image: other}
                      volumes: [{name: runs, persistentVolumeClaim: {claimName: runs}}]
                workerGroupSpecs:
                  - {groupName: worker, replicas: 2, minReplicas: 2, maxReplicas: 2, rayStartParams: {}, template: {spec: *pod}}
            """;

    private final FakeKubernetes fake = FakeKubernetes.start();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        fake.close();
    }

    @Test
    void aRunIsARayJobInDescribedPodsWithItsFiles() throws IOException {
        create(jobs(), "small.yaml");

        JsonNode job = fake.only("rayjobs");
        assertThat(job.path("metadata").path("name").asText()).isEqualTo(ID);
        assertThat(job.path("metadata").path("labels").path("team").asText()).isEqualTo("a");
        JsonNode spec = job.path("spec");
        assertThat(spec.path("entrypoint").asText()).isEqualTo("sh /etc/rlhf-job/run.sh");
        assertThat(spec.path("submissionMode").asText()).isEqualTo("HTTPMode");
        assertThat(spec.path("backoffLimit").asInt(-1)).isZero();
        assertThat(spec.path("shutdownAfterJobFinishes").asBoolean()).isTrue();
        assertThat(spec.path("ttlSecondsAfterFinished").asInt()).isEqualTo(60);

        JsonNode files = fake.only("configmaps");
        JsonNode owner = files.path("metadata").path("ownerReferences").path(0);
        assertThat(owner.path("kind").asText()).isEqualTo("RayJob");
        assertThat(owner.path("uid").asText()).isEqualTo(job.path("metadata").path("uid").asText());
        JsonNode cluster = spec.path("rayClusterSpec");
        for (JsonNode group : List.of(
                cluster.path("headGroupSpec"), cluster.path("workerGroupSpecs").path(0))) {
            JsonNode pod = group.path("template").path("spec");
            assertThat(pod.path("volumes")).hasSize(2);
            JsonNode volume = pod.path("volumes").path(1).path("configMap");
            assertThat(volume.path("name").asText()).isEqualTo(ID);
            assertThat(text(files, volume, "run.sh")).isEqualTo("exec sh /opt/rlhf/rlhf run recipe/small.yaml");
            assertThat(text(files, volume, "recipe/small.yaml")).isEqualTo("name: small");
            assertThat(pod.path("containers").path(0).path("volumeMounts").path(1).toString())
                    .isEqualTo("{\"name\":\"rlhf-job\",\"mountPath\":\"/etc/rlhf-job\",\"readOnly\":true}");
            assertThat(pod.path("containers").path(1).has("volumeMounts")).isFalse();
        }
        assertThat(fake.tokens()).containsOnly("Bearer secret");
    }

    @Test
    void whatIsNoDescriptionIsRefusedBeforeAnythingIsMade() throws IOException {
        KubernetesJobs jobs = jobs();
        Path pods = folder.resolve("pods.yaml");

        Files.writeString(pods, PODS.replace("kind: RayJob", "kind: RayService"));
        assertFails(() -> jobs.described(pods), ErrorKind.USER, pods + " holds no RayJob");
        Files.writeString(pods, PODS.replace("rayClusterSpec", "clusterSelector"));
        assertFails(() -> create(jobs, "small.yaml", Files.readString(pods)), ErrorKind.USER, "holds no RayJob with a rayClusterSpec");
        assertFails(() -> jobs.described(folder.resolve("none.yaml")), ErrorKind.USER, "cannot read " + folder);
        assertThat(fake.count()).isZero();
    }

    @Test
    void filesThatAConfigMapCannotHoldAreRefused() {
        assertFails(
                () -> RayJobObject.of(
                        jobs().described(Files.writeString(folder.resolve("pods.yaml"), PODS)),
                        "pods.yaml",
                        LABEL,
                        PackageBuilder.compressing().add("large", "a".repeat(1_000_001)).entries()),
                ErrorKind.USER,
                "come to more than 1000000 bytes",
                "--shared");
    }

    @Test
    void whatTheSchemaRefusesAndWhatCannotFollowLeavesNothingBehind() throws IOException {
        KubernetesJobs jobs = jobs();
        assertFails(
                () -> create(jobs, "small.yaml", PODS.replace("groupName: worker, ", "")),
                ErrorKind.USER,
                "answered 422 to the RayJob",
                "groupName");

        fake.answer("POST /api/v1/namespaces/ml/configmaps", FakeKubernetes.refusal(403, "configmaps is forbidden"));
        assertFails(() -> create(jobs, "small.yaml"), ErrorKind.USER, "answered 403 to the ConfigMap: configmaps is forbidden");
        assertThat(fake.count()).isZero();
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
        KubernetesJobs jobs = jobs();
        create(jobs, "small.yaml");
        fake.statuses(status(deployment, job, ""));

        JobInfo info = jobs.job(ID).orElseThrow();
        assertThat(info.state()).isEqualTo(state);
        assertThat(info.out()).isEqualTo("/runs/a");
        assertThat(info.resume()).isEqualTo(LABEL.resume());
        assertThat(jobs.job("another")).isEmpty();
    }

    @Test
    void aJobIsFollowedToItsEndThroughTheApiServer() throws IOException {
        KubernetesJobs jobs = jobs();
        create(jobs, "small.yaml");
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

        JobOutcome outcome = new JobFollower(jobs, printed::add, Duration.ofMillis(1), Duration.ofSeconds(20)).follow(ID);

        assertThat(printed).containsExactly("step 1\n");
        assertThat(outcome)
                .isEqualTo(new JobOutcome(4, "job " + ID + " ended with exit code 4: the loss of step 7 is not finite"));
    }

    @Test
    void theEndOfAJobIsToldAlsoWhenItsPodsAreGone() throws IOException {
        KubernetesJobs jobs = jobs();
        create(jobs, "small.yaml");
        fake.statuses(status("Complete", "SUCCEEDED", "Job finished successfully."));
        fake.answer("GET " + PROXY + "logs", FakeKubernetes.refusal(503, "no endpoints available for service"));

        JobOutcome outcome = new JobFollower(jobs, text -> {}, Duration.ofMillis(1), Duration.ofMillis(400)).follow(ID);

        assertThat(outcome).isEqualTo(new JobOutcome(0, "job " + ID + " is done; its run is in /runs/a"));
    }

    @Test
    void aJobThatRunsIsStoppedByItsOwnClusterAndAnotherOneIsSuspended() throws IOException {
        KubernetesJobs jobs = jobs();
        create(jobs, "small.yaml");
        jobs.stop(ID);
        assertThat(fake.only("rayjobs").path("spec").path("suspend").asBoolean()).isTrue();

        fake.statuses(status("Running", "RUNNING", ""));
        fake.answer("POST " + PROXY + "stop", Answer.of("{\"stopped\": true}"));
        jobs.stop(ID);
        assertThat(fake.requests()).contains("POST " + PROXY + "stop");
    }

    @Test
    void whatAnApiServerMayLackIsOneSentence() throws IOException {
        fake.answer("GET " + FakeKubernetes.RAY_JOBS, FakeKubernetes.refusal(404, "the server could not find the requested resource"));
        assertFails(this::jobs, ErrorKind.USER, "answered 404 to the list of RayJobs", "is the KubeRay operator installed there?");
        fake.answer("GET " + FakeKubernetes.RAY_JOBS, FakeKubernetes.refusal(401, "Unauthorized"));
        assertFails(this::jobs, ErrorKind.USER, "answered 401", "log in again");
        fake.answer("GET " + FakeKubernetes.RAY_JOBS, FakeKubernetes.refusal(403, "rayjobs.ray.io is forbidden"));
        assertFails(this::jobs, ErrorKind.USER, "rayjobs.ray.io is forbidden", "the rights that a submitter needs");

        String dead = dead();
        Path nowhere = Files.writeString(
                folder.resolve("nowhere"), Files.readString(fake.kubeconfig(folder)).replace(fake.address(), dead));
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

    private void create(KubernetesJobs jobs, String recipe) throws IOException {
        create(jobs, recipe, PODS);
    }

    private void create(KubernetesJobs jobs, String recipe, String pods) throws IOException {
        Path file = Files.writeString(folder.resolve("pods.yaml"), pods);
        PackageBuilder files = PackageBuilder.compressing()
                .add("recipe/" + recipe, "name: small")
                .add(RayJobObject.SCRIPT, "exec sh /opt/rlhf/rlhf run recipe/" + recipe);
        jobs.create(RayJobObject.of(jobs.described(file), file.toString(), LABEL, files.entries()));
    }

    /** What a pod finds at a path. */
    private static String text(JsonNode files, JsonNode volume, String path) throws IOException {
        for (JsonNode item : volume.path("items")) {
            if (item.path("path").asText().equals(path)) {
                return new String(
                        files.path("binaryData").path(item.path("key").asText()).binaryValue(),
                        StandardCharsets.UTF_8);
            }
        }
        throw new AssertionError("no " + path + " among " + volume);
    }

    private static String status(String deployment, String job, String message) {
        return "{\"jobDeploymentStatus\": \"" + deployment + "\", \"jobStatus\": \"" + job + "\", \"message\": \"" + message
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
