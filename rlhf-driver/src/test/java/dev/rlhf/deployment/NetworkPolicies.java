package dev.rlhf.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What the network policies of a release let through, by Kubernetes' rules: a pod that a policy selects is reached only as some policy
 * says, any other pod from everywhere.
 *
 * <p>The rules: https://kubernetes.io/docs/concepts/services-networking/network-policies/.
 */
record NetworkPolicies(List<JsonNode> policies) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A pod that connects: whether it is in the release's namespace, and its labels. */
    record Source(boolean sameNamespace, JsonNode labels) {
        /** A pod of the chart's. */
        static Source of(JsonNode labels) {
            return new Source(true, labels);
        }

        /** Anybody's pod. */
        static Source other(boolean sameNamespace, Map<String, String> labels) {
            return new Source(sameNamespace, JSON.valueToTree(labels));
        }
    }

    /** Whether {@code from} reaches a port of a pod with the labels {@code to}. */
    boolean allow(Source from, JsonNode to, int port) {
        List<JsonNode> about = policies.stream()
                .filter(policy -> Selector.matches(policy.path("spec").path("podSelector"), to))
                .toList();
        return about.isEmpty()
                || about.stream()
                        .flatMap(policy -> each(policy.path("spec").path("ingress")))
                        .anyMatch(rule -> isOpenTo(rule, from) && hasPort(rule, port));
    }

    private static boolean isOpenTo(JsonNode rule, Source from) {
        return rule.path("from").isMissingNode()
                || each(rule.path("from"))
                        .anyMatch(peer -> (from.sameNamespace() || peer.has("namespaceSelector"))
                                && Selector.matches(peer.path("podSelector"), from.labels()));
    }

    private static boolean hasPort(JsonNode rule, int port) {
        return rule.path("ports").isMissingNode()
                || each(rule.path("ports")).anyMatch(one -> one.path("port").asInt() == port);
    }

    private static Stream<JsonNode> each(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
