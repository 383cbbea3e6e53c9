package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The objects for those without Helm or beside it, and that schema and security check see a mistake. */
class PlainManifestsTest {
    private static final Path FOLDER = Path.of("..", "deploy");

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
    void thePodThatCopiesFilesIsRestrictedAndHasTheIdentityOfTheRuns() throws IOException {
        assertThat(read("volume.yaml").names()).containsExactly("PersistentVolumeClaim runs");
        Manifests files = read("files.yaml");
        assertThat(files.names()).containsExactly("Pod files");
        Manifests.Pod pod = files.pods().get(0);
        assertThat(PodSecurity.violations(pod)).isEmpty();
        assertThat(pod.spec().path("securityContext"))
                .isEqualTo(manifests().pods().get(0).spec().path("securityContext"));
        assertThat(pod.spec().at("/volumes/0/persistentVolumeClaim/claimName").asText())
                .isEqualTo("runs");
        assertThat(pod.spec().at("/containers/0/volumeMounts/0/mountPath").asText())
                .isEqualTo("/runs");
    }

    /** Kueue never admits a run that asks for more than its queue has. */
    @Test
    void theQueueHasRoomForARunOnFourNodes() throws IOException {
        JsonNode values = read("four-nodes.yaml").objects().get(0);
        Manifests queue = read("queue.yaml");
        assertThat(queue.one("LocalQueue", values.path("queue").asText())
                        .at("/spec/clusterQueue")
                        .asText())
                .isEqualTo(Manifests.name(queue.of("ClusterQueue").get(0)));
        JsonNode group = queue.of("ClusterQueue")
                .get(0)
                .path("spec")
                .path("resourceGroups")
                .get(0);
        assertThat(group.at("/flavors/0/name").asText())
                .isEqualTo(Manifests.name(queue.of("ResourceFlavor").get(0)));
        for (JsonNode resource : group.path("flavors").get(0).path("resources")) {
            String name = resource.path("name").asText();
            String key = name.equals("nvidia.com/gpu") ? "gpus" : name;
            double asked = asked(values.path("vllm"), key);
            for (JsonNode pods : values.path("ray")) {
                asked += asked(pods, key);
            }
            assertThat(asked).as(name).isBetween(1.0, quantity(resource.path("nominalQuota")));
        }
        assertThat(group.path("coveredResources")).hasSize(3);
    }

    private static double asked(JsonNode pods, String key) {
        return pods.path("replicas").asInt(1) * quantity(pods.path(key));
    }

    /** A number, or one with the unit Gi or Ti, in GiB. */
    private static double quantity(JsonNode value) {
        String text = value.asText("0");
        return text.endsWith("Ti")
                ? 1024 * Double.parseDouble(text.replace("Ti", ""))
                : Double.parseDouble(text.replace("Gi", "").replaceAll("^$", "0"));
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
        return read("rayjob.yaml");
    }

    private static Manifests read(String file) throws IOException {
        return Manifests.read(Files.readString(FOLDER.resolve(file)));
    }
}
