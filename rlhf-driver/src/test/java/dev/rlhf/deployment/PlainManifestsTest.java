package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The RayJob for those without Helm, and that schema and security check see a mistake. */
class PlainManifestsTest {
    private static final Path FILE = Path.of("..", "deploy", "rayjob.yaml");

    @Test
    void thePlainJobFollowsTheSchema() throws IOException {
        assertThat(CustomResources.complaints(job())).isEmpty();
    }

    @Test
    void thePlainJobsPodsAreRestricted() throws IOException {
        List<Manifests.Pod> pods = manifests().pods();
        assertThat(pods)
                .hasSize(2)
                .allSatisfy(pod -> assertThat(PodSecurity.violations(pod)).isEmpty());
    }

    @Test
    void thePlainJobsVolumeIsMadeBesideIt() throws IOException {
        assertThat(manifests().names()).containsExactly("PersistentVolumeClaim demo-runs", "RayJob demo");
        assertThat(manifests().pods())
                .allSatisfy(pod -> assertThat(pod.spec()
                                .at("/volumes/1/persistentVolumeClaim/claimName")
                                .asText())
                        .isEqualTo("demo-runs"));
    }

    @Test
    void theSchemaSeesWhatAnApiServerWouldDropOrRefuse() throws IOException {
        JsonNode unknown = job();
        ((ObjectNode) unknown.path("spec")).put("retries", 3);
        assertThat(CustomResources.complaints(unknown))
                .singleElement()
                .asString()
                .contains("retries");

        JsonNode wrong = job();
        ((ObjectNode) wrong.path("spec")).put("backoffLimit", "often");
        assertThat(CustomResources.complaints(wrong)).singleElement().asString().contains("backoffLimit");

        JsonNode missing = job();
        ((ObjectNode) missing.at("/spec/rayClusterSpec")).remove("headGroupSpec");
        assertThat(CustomResources.complaints(missing))
                .singleElement()
                .asString()
                .contains("headGroupSpec");

        JsonNode deep = job();
        ((ObjectNode) deep.at("/spec/rayClusterSpec/headGroupSpec/template/spec/containers/0"))
                .put("pullPolicy", "Always");
        assertThat(CustomResources.complaints(deep)).singleElement().asString().contains("pullPolicy");
    }

    @Test
    void theSecurityCheckSeesWhatAnAdmissionWouldRefuse() throws IOException {
        Manifests.Pod pod = manifests().pods().get(0);
        ObjectNode context = (ObjectNode) pod.spec().path("securityContext");
        context.remove("seccompProfile");
        context.put("runAsUser", 0);
        ObjectNode own = (ObjectNode) pod.spec().at("/containers/0/securityContext");
        own.put("allowPrivilegeEscalation", true);
        own.put("privileged", true);
        ((ObjectNode) own.path("capabilities")).remove("drop");
        ((ObjectNode) pod.spec().path("volumes").get(0)).putObject("hostPath").put("path", "/");
        ((ObjectNode) pod.spec()).put("hostNetwork", true);

        assertThat(PodSecurity.violations(pod))
                .containsExactlyInAnyOrder(
                        "hostNetwork",
                        "volume of kind hostPath",
                        "ray is privileged",
                        "ray may escalate privileges",
                        "ray keeps capabilities",
                        "ray names no user",
                        "ray has no seccomp profile");
    }

    private static JsonNode job() throws IOException {
        return manifests().one("RayJob", "demo");
    }

    private static Manifests manifests() throws IOException {
        return Manifests.read(Files.readString(FILE));
    }
}
