package dev.rlhf.driver.submit;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.ErrorKind;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run is a RayJob that KubeRay's own schema takes, and a ConfigMap that goes with it. */
class RayJobObjectTest {
    private final FakeKubernetes fake = FakeKubernetes.start();

    @TempDir
    private Path folder;

    private DescribedPods pods;
    private KubernetesJobs jobs;

    @BeforeEach
    void connect() {
        pods = new DescribedPods(folder);
        jobs = KubernetesJobs.in(
                new KubernetesContext(Optional.of(fake.kubeconfig(folder)), Optional.empty(), Optional.empty()));
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    @Test
    void aRunIsARayJobInDescribedPods() {
        pods.create(jobs);

        JsonNode job = fake.only("rayjobs");
        assertThat(job.at("/metadata/name").asText()).isEqualTo(DescribedPods.LABEL.id());
        assertThat(job.at("/metadata/labels/team").asText()).isEqualTo("a");
        JsonNode spec = job.path("spec");
        assertThat(spec.path("entrypoint").asText()).isEqualTo("sh /etc/rlhf-job/run.sh");
        assertThat(spec.path("submissionMode").asText()).isEqualTo("HTTPMode");
        assertThat(spec.path("backoffLimit").asInt(-1)).isZero();
        assertThat(spec.path("shutdownAfterJobFinishes").asBoolean()).isTrue();
        assertThat(spec.path("ttlSecondsAfterFinished").asInt()).isEqualTo(60);
        assertThat(fake.tokens()).containsOnly("Bearer secret");
    }

    @Test
    void itsFilesAreInRaysContainerOfEveryPodAndGoWithIt() {
        pods.create(jobs);

        JsonNode job = fake.only("rayjobs");
        JsonNode owner = fake.only("configmaps").at("/metadata/ownerReferences/0");
        assertThat(owner.path("kind").asText()).isEqualTo("RayJob");
        assertThat(owner.path("uid").asText()).isEqualTo(job.at("/metadata/uid").asText());
        assertThat(fake.mounted("run.sh")).isEqualTo("exec sh /opt/rlhf/rlhf run recipe/small.yaml");
        assertThat(fake.mounted("recipe/small.yaml")).isEqualTo("name: small");
        JsonNode head = job.at("/spec/rayClusterSpec/headGroupSpec/template/spec");
        assertThat(head.at("/volumes/1/configMap/name").asText()).isEqualTo(DescribedPods.LABEL.id());
        assertThat(head.at("/containers/0/volumeMounts/1"))
                .hasToString("{\"name\":\"rlhf-job\",\"mountPath\":\"/etc/rlhf-job\",\"readOnly\":true}");
        assertThat(head.at("/containers/1").has("volumeMounts")).isFalse();
        assertThat(job.at("/spec/rayClusterSpec/workerGroupSpecs/0/template/spec"))
                .isEqualTo(head);
    }

    @Test
    void whatIsNoDescriptionIsRefusedBeforeAnythingIsMade() {
        Path service = pods.write(DescribedPods.TEXT.replace("kind: RayJob", "kind: RayService"));
        assertFails(() -> jobs.described(service), ErrorKind.USER, service + " holds no RayJob");
        assertFails(
                () -> pods.create(jobs, DescribedPods.TEXT.replace("rayClusterSpec", "clusterSelector")),
                ErrorKind.USER,
                "holds no RayJob with a rayClusterSpec");
        assertFails(() -> jobs.described(folder.resolve("none.yaml")), ErrorKind.USER, "cannot read " + folder);
        assertThat(fake.count()).isZero();
    }

    @Test
    void filesThatAConfigMapCannotHoldAreRefused() {
        JsonNode described = jobs.described(pods.write(DescribedPods.TEXT));
        PackageBuilder files = PackageBuilder.compressing().add("large", "a".repeat(1_000_001));

        assertFails(
                () -> RayJobObject.of(described, "pods.yaml", DescribedPods.LABEL, files.entries()),
                ErrorKind.USER,
                "come to more than 1000000 bytes",
                "--shared");
    }

    @Test
    void whatIsRefusedLeavesNothingBehind() {
        assertFails(
                () -> pods.create(jobs, DescribedPods.TEXT.replace("groupName: worker, ", "")),
                ErrorKind.USER,
                "answered 422 to the RayJob",
                "groupName");

        fake.answer("POST /api/v1/namespaces/ml/configmaps", FakeKubernetes.refusal(403, "configmaps is forbidden"));
        assertFails(() -> pods.create(jobs), ErrorKind.USER, "answered 403 to the ConfigMap: configmaps is forbidden");
        assertThat(fake.count()).isZero();
    }
}
