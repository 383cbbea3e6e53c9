package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What values do: the recipe, its settings, GPUs, secrets, queues; and which values are refused. */
class ChartValuesIT {
    private static final String ONE_NODE =
            Helm.HOME.resolve("deploy/one-node.yaml").toString();
    private static final String FOUR_NODES =
            Helm.HOME.resolve("deploy/four-nodes.yaml").toString();

    @TempDir
    Path folder;

    static Stream<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(Helm.HOME.resolve("recipes"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void aRecipeIsMountedUnchanged(Path recipe) throws IOException {
        assertThat(mounted(recipe)).isEqualTo(Files.readString(recipe));
    }

    @Test
    void soIsATextThatLooksLikeATemplate() throws IOException {
        String text =
                "\ttabs, {{ .Values.mode }}, {{`x`}}, \"quotes\", 'more', back\\slash\n\n  ümlaut € 😀 <&>\r\nno newline at the end";
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
                .contains("--tensor-parallel-size=2", "--max-model-len=16384");
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode=service                        | at '/mode': value must be one of 'job', 'cluster'",
                "vllm.replicas=0                     | at '/vllm/replicas': minimum: got 0, want 1",
                "vllm.replica=2                      | at '/vllm': additional properties 'replica' not allowed",
                "ray.learner.memory=much             | at '/ray/learner/memory': 'much' does not match pattern",
                "ray.learner.gpus=-1                 | at '/ray/learner/gpus': minimum: got -1, want 0",
                "image.tag=latest                    | rlhf:latest may be other code tomorrow; set its tag to a version",
                "storage.accessMode=ReadOnlyMany     | at '/storage/accessMode': value must be one of 'ReadWriteMany', 'ReadWriteOnce'",
                "job.retries=often                   | at '/job/retries': got string, want integer",
                "vllm.arguments={--api-key=hunter2}  | every process of a node can read arguments; name a Secret: secrets.VLLM_API_KEY",
                "secrets.KEY=hunter2                 | at '/secrets/KEY': got string, want object",
                "secrets.KEY.secret=keys             | at '/secrets/KEY': missing property 'key'",
                "settings={seed}                     | at '/settings/0': 'seed' does not match pattern",
                "environment.2ND=x                   | at '/environment': additional properties '2ND' not allowed",
                "recipe.path=/opt/rlhf/x.yaml        | recipe.text and recipe.path are both set",
                "ray.learner.replicas=0,ray.rollout.replicas=0 | no worker has a replica",
                "vllm.enabled=true,ray.rollout.replicas=0 | only the rollout pods reach vLLM; set it to 1 or more",
                "vllm.enabled=true,vllm.replicas=2,storage.accessMode=ReadWriteOnce | several vLLM pods share it; use ReadWriteMany",
            })
    void whatCannotBeIsRefusedInASentence(String values, String sentence) {
        Helm.Result result = Helm.run("template", "demo", Helm.CHART.toString(), Helm.RECIPE, "--set=" + values);
        assertThat(result.exitCode()).as(values).isNotZero();
        assertThat(result.errors()).contains(sentence);
    }

    @Test
    void aJobWithoutARecipeIsRefused() {
        Helm.Result result = Helm.run("template", "demo", Helm.CHART.toString());
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.errors()).contains("a job needs a recipe: --set-file recipe.text=my-recipe.yaml");
        assertThat(Helm.template("--set=mode=cluster").of("RayCluster")).hasSize(1);
    }

    @Test
    void aNameThatKubeRayCouldNotCompleteIsRefused() {
        Helm.Result result = Helm.run("template", "n".repeat(41), Helm.CHART.toString(), Helm.RECIPE);
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.errors()).contains("it may have 40 characters at most");
        assertThat(Helm.run("template", "4you", Helm.CHART.toString(), Helm.RECIPE)
                        .errors())
                .contains("must begin with a letter");
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
