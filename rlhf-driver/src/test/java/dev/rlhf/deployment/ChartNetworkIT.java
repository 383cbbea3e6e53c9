package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.deployment.NetworkPolicies.Source;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who reaches what of a release, and what is scraped of it. */
class ChartNetworkIT {
    private static final int RAY = 6379;
    private static final int DASHBOARD = 8265;
    private static final int VLLM = 8000;
    private static final int VLLM_METRICS = 8001;
    private static final int RAY_METRICS = 8080;
    private static final int RUN_METRICS = 9095;
    private static final List<String> PARTS =
            List.of("head", "learner", "rollout", "reward", "submitter", "vllm", "redis");

    private static Manifests manifests;
    private static NetworkPolicies policies;

    @BeforeAll
    static void render() {
        manifests = Helm.template(
                Helm.WITH_OPERATOR,
                Helm.RECIPE,
                "-f",
                Helm.HOME.resolve("deploy/four-nodes.yaml").toString());
        policies = new NetworkPolicies(manifests.of("NetworkPolicy"));
    }

    @Test
    void onlyRolloutActorsReachTheRoutesThatReplaceWeights() {
        assertThat(reaching("vllm", VLLM)).containsExactly("rollout");
        Source elsewhere = new Source(false, manifests.pod("rollout").labels());
        assertThat(policies.allow(elsewhere, manifests.pod("vllm").labels(), VLLM))
                .as("same labels, other namespace")
                .isFalse();
        Source otherRelease = Source.other(
                true,
                Map.of(
                        "app.kubernetes.io/part-of",
                        "rlhf",
                        "app.kubernetes.io/instance",
                        "other",
                        "app.kubernetes.io/component",
                        "rollout"));
        assertThat(policies.allow(otherRelease, manifests.pod("vllm").labels(), VLLM))
                .isFalse();
    }

    @Test
    void onlyTheReleasesRayAndTheOperatorReachTheJobsApi() {
        assertThat(reaching("head", DASHBOARD))
                .containsExactlyInAnyOrder("head", "learner", "rollout", "reward", "submitter");
        // As KubeRay's plain manifests label it; its Helm chart gives another name, and the same component.
        Source operator = Source.other(
                false, Map.of("app.kubernetes.io/name", "kuberay", "app.kubernetes.io/component", "kuberay-operator"));
        assertThat(policies.allow(operator, manifests.pod("head").labels(), DASHBOARD))
                .isTrue();
        assertThat(policies.allow(operator, manifests.pod("head").labels(), RAY))
                .isFalse();
        assertThat(stranger("head", DASHBOARD)).isFalse();
        assertThat(stranger("learner", 40_000)).isFalse();
    }

    @Test
    void redisIsTheHeadsAlone() {
        assertThat(reaching("redis", RAY)).containsExactly("head");
    }

    @Test
    void numbersAreForAnyPrometheus() {
        assertThat(stranger("head", RUN_METRICS)).isTrue();
        assertThat(stranger("learner", RAY_METRICS)).isTrue();
        assertThat(stranger("vllm", VLLM_METRICS)).isTrue();
        assertThat(stranger("vllm", VLLM)).isFalse();
    }

    @Test
    void withoutPoliciesThePolicyTestWouldSayThatAllIsOpen() {
        NetworkPolicies none = new NetworkPolicies(
                Helm.template(Helm.RECIPE, "--set=networkPolicy=false").of("NetworkPolicy"));
        assertThat(none.policies()).isEmpty();
        assertThat(none.allow(
                        Source.other(false, Map.of()), manifests.pod("vllm").labels(), VLLM))
                .isTrue();
    }

    @Test
    void monitorsNamePortsThatThePodsHave() {
        assertThat(manifests.of("PodMonitor")).hasSize(3).allSatisfy(monitor -> {
            String port = monitor.at("/spec/podMetricsEndpoints/0/port").asText();
            assertThat(manifests.pods())
                    .filteredOn(pod -> Selector.matches(monitor.at("/spec/selector"), pod.labels()))
                    .isNotEmpty()
                    .allSatisfy(pod -> assertThat(ports(pod.containers())).contains(port));
        });
    }

    private static Set<String> ports(List<JsonNode> containers) {
        Set<String> names = new TreeSet<>();
        containers.forEach(one ->
                one.path("ports").forEach(port -> names.add(port.path("name").asText())));
        return names;
    }

    private static List<String> reaching(String part, int port) {
        return PARTS.stream()
                .filter(from -> policies.allow(
                        Source.of(manifests.pod(from).labels()),
                        manifests.pod(part).labels(),
                        port))
                .toList();
    }

    /** A pod of another namespace, e.g. a Prometheus. */
    private static boolean stranger(String part, int port) {
        return policies.allow(
                Source.other(false, Map.of("app.kubernetes.io/name", "prometheus")),
                manifests.pod(part).labels(),
                port);
    }
}
