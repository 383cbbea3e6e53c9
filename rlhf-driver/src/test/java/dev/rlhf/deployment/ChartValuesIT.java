package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What values do: the recipe, its settings, GPUs, secrets, queues. */
class ChartValuesIT {
    private static final String ONE_NODE =
            Helm.HOME.resolve("deploy/one-node.yaml").toString();
    private static final String FOUR_NODES =
            Helm.HOME.resolve("deploy/four-nodes.yaml").toString();

    /** They are named by recipe.path instead, as their data are beside them in the image. */
    private static final Set<String> BRINGING_DATA = Set.of("gsm8k-grpo.yaml", "hh-reward-model.yaml");

    @TempDir
    Path folder;

    static Stream<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(Helm.HOME.resolve("recipes"))) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !BRINGING_DATA.contains(file.getFileName().toString()))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void aRecipeIsMountedUnchanged(Path recipe) throws IOException {
        assertThat(mounted(recipe)).isEqualTo(Files.readString(recipe));
    }

    @Test
    void aRecipeThatBringsDataIsTakenFromTheImage() {
        for (String recipe : BRINGING_DATA) {
            Helm.refused(
                    "which no pod has",
                    "--set-file=recipe.text=" + Helm.HOME.resolve("recipes").resolve(recipe));
            Helm.template("--set=recipe.path=/opt/rlhf/recipes/" + recipe);
        }
    }

    @Test
    void soIsATextThatLooksLikeATemplate() throws IOException {
        String text = "model: random\nstages: [{kind: given}]\n"
                + "#\ttabs, {{ .Values.mode }}, {{`x`}}, \"quotes\", 'more', back\\slash\n\n  # ümlaut € 😀 <&>\r\n# no newline at the end";
        Path recipe = Files.writeString(folder.resolve("odd.yaml"), text);
        assertThat(mounted(recipe)).isEqualTo(text);
    }

    private static String mounted(Path recipe) {
        Manifests manifests = Helm.template("--set-file=recipe.text=" + recipe);
        assertThat(manifests.one("RayJob", "demo").at("/spec/entrypoint").asText())
                .isEqualTo(
                        "sh /etc/rlhf/job.sh /etc/rlhf/recipe.yaml /runs/demo /etc/rlhf/settings --metrics-host 0.0.0.0 --metrics-port 9095");
        assertThat(manifests.pod("head").container("ray-head").path("volumeMounts"))
                .anyMatch(mount -> mount.path("mountPath").asText().equals("/etc/rlhf"));
        return manifests.one("ConfigMap", "demo-recipe").at("/data/recipe.yaml").asText();
    }

    @Test
    void actorsAndServersAreToldToTheRunInSettings() {
        assertThat(settings("-f", ONE_NODE, "--set=settings={seed=7,stages.grpo.steps=3}"))
                .containsExactly(
                        "runtime=ray",
                        "runtime.learner=[{name: learner, amount: 1}, {name: GPU, amount: 4}]",
                        "runtime.rollout=[{name: rollout, amount: 0.001}]",
                        "runtime.reward=[{name: rollout, amount: 0.001}]",
                        "generation=vllm",
                        "generation.endpoints=[http://demo-vllm-0.demo-vllm.training.svc:8000, http://demo-vllm-1.demo-vllm.training.svc:8000, "
                                + "http://demo-vllm-2.demo-vllm.training.svc:8000, http://demo-vllm-3.demo-vllm.training.svc:8000]",
                        "generation.model-name=policy",
                        "seed=7",
                        "stages.grpo.steps=3");
        assertThat(settings())
                .containsExactly(
                        "runtime=ray",
                        "runtime.learner=[{name: learner, amount: 1}]",
                        "runtime.rollout=[{name: rollout, amount: 0.001}]",
                        "runtime.reward=[{name: rollout, amount: 0.001}]");
        assertThat(settings("-f", FOUR_NODES)).contains("runtime.reward=[{name: reward, amount: 0.001}]");
    }

    /** A worker offers, as Ray's command line takes it, what the settings ask for. */
    @Test
    void workersOfferWhatTheirActorsAskFor() {
        JsonNode groups = Helm.template(Helm.RECIPE, "-f", FOUR_NODES)
                .one("RayJob", "demo")
                .at("/spec/rayClusterSpec/workerGroupSpecs");
        assertThat(groups)
                .extracting(group -> group.path("groupName").asText())
                .containsExactly("learner", "rollout", "reward");
        assertThat(groups)
                .allSatisfy(group -> assertThat(
                                group.at("/rayStartParams/resources").asText())
                        .isEqualTo("'{\"" + group.path("groupName").asText() + "\": 1}'"));
        assertThat(groups)
                .extracting(group -> group.at("/rayStartParams/num-gpus").asText())
                .containsExactly("8", "0", "0");
        assertThat(groups).extracting(group -> group.path("replicas").asInt()).containsExactly(1, 3, 1);
    }

    /** Else the job would begin, and use up its retries, while the servers still load. */
    @Test
    void rolloutPodsWaitUntilTheServersHaveLoaded() {
        JsonNode waiting =
                Helm.template(Helm.RECIPE, "-f", ONE_NODE).pod("rollout").container("wait-for-vllm");
        assertThat(waiting.path("args"))
                .extracting(JsonNode::asText)
                .containsExactly(
                        "http://demo-vllm-0.demo-vllm.training.svc:8000",
                        "http://demo-vllm-1.demo-vllm.training.svc:8000",
                        "http://demo-vllm-2.demo-vllm.training.svc:8000",
                        "http://demo-vllm-3.demo-vllm.training.svc:8000");
        assertThat(Helm.template(Helm.RECIPE, "--set=vllm.enabled=false")
                        .pod("rollout")
                        .spec()
                        .path("initContainers"))
                .as("nothing to wait for")
                .isEmpty();
    }

    @Test
    void gpusComeWithTheirTolerationsAndOthersStayAway() {
        Manifests manifests =
                Helm.template(Helm.RECIPE, "-f", ONE_NODE, "--set=gpu.nodeSelector.pool=gpu,nodeSelector.zone=a");
        for (String part : List.of("learner", "vllm")) {
            JsonNode spec = manifests.pod(part).spec();
            assertThat(spec.at("/tolerations/0/key").asText()).isEqualTo("nvidia.com/gpu");
            assertThat(spec.at("/nodeSelector").toString()).isEqualTo("{\"pool\":\"gpu\",\"zone\":\"a\"}");
        }
        JsonNode learner = manifests.pod("learner").container("ray-worker");
        assertThat(learner.at("/resources/limits/nvidia.com~1gpu").asInt()).isEqualTo(4);
        assertThat(learner.at("/resources/requests/nvidia.com~1gpu").asInt()).isEqualTo(4);
        for (String part : List.of("head", "rollout", "submitter")) {
            assertThat(manifests.pod(part).spec().has("tolerations")).as(part).isFalse();
            assertThat(manifests.pod(part).spec().at("/nodeSelector").toString())
                    .isEqualTo("{\"zone\":\"a\"}");
        }
        assertThat(Helm.template(Helm.RECIPE, "-f", FOUR_NODES)
                        .pod("vllm")
                        .container("vllm")
                        .path("args")
                        .toString())
                .contains("--tensor-parallel-size=2");
    }

    /** A vLLM refuses to be longer than its model. */
    @Test
    void aMadeModelIsServedUpToItsContext() {
        String path = "--set=recipe.path=/opt/rlhf/recipes/quickstart.yaml";
        assertThat(served(Helm.RECIPE, "-f", FOUR_NODES)).contains("/model/start", "--max-model-len=64");
        assertThat(served(Helm.RECIPE, "-f", FOUR_NODES, "--set=vllm.maxModelLength=32"))
                .contains("--max-model-len=32");
        assertThat(served(Helm.RECIPE, "-f", FOUR_NODES, "--set=vllm.model=/runs/models/base"))
                .contains("/runs/models/base", "--max-model-len=16384");
        assertThat(served(path, "-f", FOUR_NODES)).contains("/model/start", "--max-model-len=16384");
    }

    private static List<String> served(String... arguments) {
        List<String> all = new ArrayList<>();
        Helm.template(arguments)
                .pod("vllm")
                .container("vllm")
                .path("args")
                .forEach(argument -> all.add(argument.asText()));
        return all;
    }

    /** Helm writes whole numbers of a million and more as 1e+06, and YAML takes such names for numbers and truth values. */
    @Test
    void numbersAndNamesStayWhatTheyAre() throws IOException {
        Path values = Files.writeString(folder.resolve("values.yaml"), """
                environment: {STEPS: 1000000, SHARE: 0.5, "ON": true}
                job: {keepSeconds: 1000000}
                storage: {existingClaim: "123"}
                queue: "0"
                """);
        Manifests manifests =
                Manifests.read(Helm.run("template", "no", Helm.CHART.toString(), Helm.RECIPE, "-f", values.toString())
                        .accepted());
        JsonNode job = manifests.one("RayJob", "no");
        assertThat(job.at("/metadata/name").isTextual()).isTrue();
        assertThat(job.at("/metadata/labels/kueue.x-k8s.io~1queue-name")).isEqualTo(TextNode.valueOf("0"));
        assertThat(job.at("/spec/ttlSecondsAfterFinished")).isEqualTo(IntNode.valueOf(1_000_000));
        Manifests.Pod head = manifests.pod("head");
        assertThat(head.spec().at("/volumes/1/persistentVolumeClaim/claimName")).isEqualTo(TextNode.valueOf("123"));
        assertThat(head.environment("ray-head", "STEPS")).isEqualTo(TextNode.valueOf("1000000"));
        assertThat(head.environment("ray-head", "SHARE")).isEqualTo(TextNode.valueOf("0.5"));
        assertThat(head.environment("ray-head", "ON")).isEqualTo(TextNode.valueOf("true"));
    }

    @Test
    void secretsComeByReferenceOnly() {
        Manifests manifests = Helm.template(
                Helm.RECIPE, "-f", FOUR_NODES, "--set=secrets.VLLM_API_KEY.secret=keys,secrets.VLLM_API_KEY.key=vllm");
        String reference = "{\"secretKeyRef\":{\"name\":\"keys\",\"key\":\"vllm\"}}";
        assertThat(manifests
                        .pod("rollout")
                        .environment("ray-worker", "VLLM_API_KEY")
                        .toString())
                .isEqualTo(reference);
        assertThat(manifests.pod("vllm").environment("vllm", "VLLM_API_KEY").toString())
                .isEqualTo(reference);
        String password = "{\"secretKeyRef\":{\"name\":\"rlhf-redis\",\"key\":\"password\"}}";
        assertThat(manifests.pod("redis").environment("redis", "REDISCLI_AUTH").toString())
                .isEqualTo(password);
        assertThat(manifests
                        .one("RayJob", "demo")
                        .at("/spec/rayClusterSpec/gcsFaultToleranceOptions/redisPassword/valueFrom")
                        .toString())
                .isEqualTo(password);
        assertThat(manifests.of("Secret")).isEmpty();
    }

    /** KubeRay cleans it by a pod made as the head is, when helm uninstall has taken the recipe away already. */
    @Test
    void redisCanBeCleanedWhenTheRecipeIsGone() {
        String recipe = "{\"name\":\"recipe\",\"configMap\":{\"name\":\"demo-recipe\"";
        assertThat(Helm.template(Helm.RECIPE, "-f", FOUR_NODES)
                        .pod("head")
                        .spec()
                        .path("volumes")
                        .toString())
                .contains(recipe + ",\"optional\":true}}");
        assertThat(Helm.template(Helm.RECIPE).pod("head").spec().path("volumes").toString())
                .as("without Redis a head waits for its recipe")
                .contains(recipe + "}}");
    }

    @Test
    void kueueAdmitsTheRunAndItsServers() {
        Manifests manifests = Helm.template(Helm.RECIPE, "-f", FOUR_NODES);
        for (JsonNode object : List.of(manifests.one("RayJob", "demo"), manifests.one("StatefulSet", "demo-vllm"))) {
            assertThat(object.at("/metadata/labels/kueue.x-k8s.io~1queue-name").asText())
                    .isEqualTo("training");
        }
        assertThat(Helm.template(Helm.RECIPE)
                        .one("RayJob", "demo")
                        .at("/metadata/labels")
                        .has("kueue.x-k8s.io/queue-name"))
                .isFalse();
    }

    @Test
    void aVolumeOutlivesTheReleaseUnlessToldOtherwise() {
        assertThat(Helm.template(Helm.RECIPE)
                        .one("PersistentVolumeClaim", "demo-runs")
                        .at("/metadata/annotations/helm.sh~1resource-policy")
                        .asText())
                .isEqualTo("keep");
        assertThat(Helm.template(Helm.RECIPE, "--set=storage.keep=false")
                        .one("PersistentVolumeClaim", "demo-runs")
                        .at("/metadata")
                        .has("annotations"))
                .isFalse();
    }

    private static List<String> settings(String... arguments) {
        String[] all =
                Stream.concat(Stream.of(Helm.RECIPE), Stream.of(arguments)).toArray(String[]::new);
        return Helm.template(all)
                .one("ConfigMap", "demo-recipe")
                .at("/data/settings")
                .asText()
                .lines()
                .toList();
    }
}
