package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.deployment.Manifests.Pod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart makes of the values of every size, and of every choice that changes which objects there are. */
class ChartIT {
    /**
     * Arguments of helm under a name.
     *
     * @param name what they stand for
     * @param arguments of {@code helm template}
     */
    record Variant(String name, List<String> arguments) {
        static Variant of(String name, String... arguments) {
            List<String> all = new ArrayList<>(List.of(Helm.RECIPE));
            all.addAll(List.of(arguments));
            return new Variant(name, all);
        }

        Manifests render() {
            List<String> all = new ArrayList<>(arguments);
            all.add(Helm.WITH_OPERATOR);
            return Helm.template(all.toArray(String[]::new));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Variant> variants() {
        String big = Helm.HOME.resolve("deploy/four-nodes.yaml").toString();
        Path test = Helm.HOME.resolve("tools/cluster/deployment");
        Stream<Variant> sizes = Helm.sizes().stream()
                .map(Path::toString)
                .flatMap(file -> Stream.of(
                        Variant.of(file, "-f", file),
                        Variant.of(file + " as a cluster", "-f", file, "--set=mode=cluster")));
        return Stream.concat(
                sizes,
                Stream.of(
                        Variant.of("defaults"),
                        Variant.of(
                                "the test cluster",
                                "-f",
                                test.resolve("values.yaml").toString(),
                                "-f",
                                test.resolve("vllm.yaml").toString()),
                        Variant.of("submitted by the operator", "-f", big, "--set=job.submissionMode=HTTPMode"),
                        Variant.of("a model on the volume", "-f", big, "--set=vllm.model=/runs/models/base"),
                        Variant.of(
                                "a claim and a Redis that are there",
                                "-f",
                                big,
                                "--set=storage.existingClaim=mine,headFaultTolerance.redisAddress=redis.data:6379"),
                        Variant.of("a Redis without a password", "--set=headFaultTolerance.enabled=true"),
                        Variant.of("images behind a password", "-f", big, "--set=image.pullSecrets={registry}"),
                        Variant.of(
                                "secrets and variables",
                                "-f",
                                big,
                                "--set=secrets.VLLM_API_KEY.secret=vllm,secrets.VLLM_API_KEY.key=key,environment.OMP_NUM_THREADS=4")));
    }

    @Test
    void everySizeIsTested() {
        assertThat(Helm.sizes())
                .extracting(file -> file.getFileName().toString())
                .containsExactly("four-nodes.yaml", "laptop.yaml", "one-node.yaml");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void customResourcesFollowTheirSchemas(Variant variant) {
        List<JsonNode> custom =
                variant.render().objects().stream().filter(CustomResources::has).toList();
        assertThat(custom)
                .isNotEmpty()
                .allSatisfy(object -> assertThat(CustomResources.complaints(object))
                        .as("%s %s", object.path("kind").asText(), Manifests.name(object))
                        .isEmpty());
    }

    @ParameterizedTest
    @MethodSource("variants")
    void everyPodIsRestricted(Variant variant) {
        List<Pod> pods = variant.render().pods();
        assertThat(pods)
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(pod -> assertThat(PodSecurity.violations(pod))
                        .as("%s of %s", pod.component(), pod.owner())
                        .isEmpty());
        // KubeRay's services find Ray's pods by a label that it sets itself where nobody else does.
        assertThat(pods).allMatch(pod -> !pod.labels().has("app.kubernetes.io/name"));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void objectsAreTheReleasesAndEachIsThereOnce(Variant variant) {
        Manifests manifests = variant.render();
        assertThat(manifests.names()).doesNotHaveDuplicates();
        assertThat(manifests.objects()).allSatisfy(object -> {
            assertThat(object.at("/metadata/labels/app.kubernetes.io~1instance").asText())
                    .isEqualTo("demo");
            assertThat(object.at("/metadata/labels/app.kubernetes.io~1managed-by")
                            .asText())
                    .isEqualTo("Helm");
            assertThat(Manifests.name(object)).matches("demo(-[a-z0-9-]+)?");
        });
    }

    @ParameterizedTest
    @MethodSource("variants")
    void whatPodsMountIsThere(Variant variant) {
        Manifests manifests = variant.render();
        Set<String> there = new TreeSet<>(manifests.names());
        there.add("PersistentVolumeClaim mine");
        assertThat(manifests.pods()).allSatisfy(pod -> {
            Set<String> volumes = new TreeSet<>();
            for (JsonNode volume : pod.spec().path("volumes")) {
                volumes.add(volume.path("name").asText());
                if (volume.has("configMap")) {
                    assertThat(there)
                            .contains(
                                    "ConfigMap " + volume.at("/configMap/name").asText());
                }
                if (volume.has("persistentVolumeClaim")) {
                    assertThat(there)
                            .contains("PersistentVolumeClaim "
                                    + volume.at("/persistentVolumeClaim/claimName")
                                            .asText());
                }
            }
            Set<String> mounted = new TreeSet<>();
            pod.containers()
                    .forEach(one -> one.path("volumeMounts")
                            .forEach(mount -> mounted.add(mount.path("name").asText())));
            assertThat(mounted).as("mounts of %s", pod.component()).isEqualTo(volumes);
        });
    }

    @ParameterizedTest
    @MethodSource("variants")
    void whatSelectsPodsFindsPods(Variant variant) {
        Manifests manifests = variant.render();
        List<JsonNode> selectors = new ArrayList<>();
        for (String kind : List.of("PodDisruptionBudget", "PodMonitor", "StatefulSet")) {
            manifests.of(kind).forEach(object -> selectors.add(object.at("/spec/selector")));
        }
        manifests.of("NetworkPolicy").forEach(object -> selectors.add(object.at("/spec/podSelector")));
        assertThat(selectors)
                .allSatisfy(selector ->
                        assertThat(manifests.pods()).anyMatch(pod -> Selector.matches(selector, pod.labels())));
        assertThat(manifests.of("Service"))
                .allSatisfy(service -> assertThat(manifests.pods())
                        .anyMatch(pod -> service.at("/spec/selector").properties().stream()
                                .allMatch(label ->
                                        pod.labels().path(label.getKey()).equals(label.getValue()))));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void helmFindsNothingToComplainOf(Variant variant) {
        List<String> arguments = new ArrayList<>(List.of("lint", "--strict", Helm.CHART.toString()));
        arguments.addAll(variant.arguments());
        assertThat(Helm.run(arguments.toArray(String[]::new)).accepted())
                .contains("0 chart(s) failed")
                .doesNotContain("[WARNING]");
    }
}
