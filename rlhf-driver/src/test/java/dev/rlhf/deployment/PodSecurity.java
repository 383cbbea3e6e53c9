package dev.rlhf.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.deployment.Manifests.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Kubernetes' Pod Security Standard "restricted", and what the house asks beyond it.
 *
 * <p>The standard: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted.
 */
final class PodSecurity {
    private static final Set<String> VOLUMES = Set.of(
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret");

    private final List<String> violations = new ArrayList<>();

    private PodSecurity() {}

    /** What a pod would be refused for. */
    static List<String> violations(Pod pod) {
        PodSecurity check = new PodSecurity();
        check.pod(pod.spec());
        pod.containers().forEach(container -> check.container(pod.spec(), container));
        return check.violations;
    }

    private void pod(JsonNode spec) {
        for (String shared : List.of("hostNetwork", "hostPID", "hostIPC")) {
            require(!spec.path(shared).asBoolean(), shared);
        }
        for (JsonNode volume : spec.path("volumes")) {
            volume.fieldNames()
                    .forEachRemaining(field ->
                            require(field.equals("name") || VOLUMES.contains(field), "volume of kind " + field));
        }
        JsonNode context = spec.path("securityContext");
        require(context.path("sysctls").isMissingNode(), "sysctls");
        require(
                spec.path("automountServiceAccountToken").isBoolean()
                        && !spec.path("automountServiceAccountToken").asBoolean(),
                "token of the service account");
    }

    private void container(JsonNode spec, JsonNode container) {
        String name = container.path("name").asText();
        JsonNode own = container.path("securityContext");
        JsonNode pods = spec.path("securityContext");
        require(!own.path("privileged").asBoolean(), name + " is privileged");
        require(
                own.path("allowPrivilegeEscalation").isBoolean()
                        && !own.path("allowPrivilegeEscalation").asBoolean(),
                name + " may escalate privileges");
        require(own.path("capabilities").path("drop").toString().equals("[\"ALL\"]"), name + " keeps capabilities");
        require(own.path("capabilities").path("add").isMissingNode(), name + " adds capabilities");
        require(either(own, pods, "runAsNonRoot").asBoolean(), name + " may run as root");
        require(either(own, pods, "runAsUser").asInt() > 0, name + " names no user");
        require(
                either(own, pods, "seccompProfile").path("type").asText().equals("RuntimeDefault"),
                name + " has no seccomp profile");
        require(own.path("procMount").isMissingNode(), name + " mounts /proc otherwise");
        container
                .path("ports")
                .forEach(port -> require(port.path("hostPort").isMissingNode(), name + " has a port of the host"));
        require(own.path("readOnlyRootFilesystem").asBoolean(), name + " writes to its image");
        require(
                container.path("resources").path("limits").has("memory")
                        && container.path("resources").path("requests").has("cpu"),
                name + " says not what it needs");
        require(
                container.path("image").asText().matches("\\S+:(?!latest$)[\\w.-]+"),
                name + " has an image without a version");
    }

    private static JsonNode either(JsonNode own, JsonNode pods, String field) {
        return own.has(field) ? own.path(field) : pods.path(field);
    }

    private void require(boolean holds, String violation) {
        if (!holds) {
            violations.add(violation);
        }
    }
}
