package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that could only fail later, in the cluster, are refused before anything is made, in a sentence that says what they may be. */
class ChartRefusalsIT {
    private static final String IN_THE_IMAGE = "--set=recipe.path=/opt/rlhf/recipes/quickstart.yaml";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode=service                    | at '/mode': value must be one of 'job', 'cluster'",
                "vllm.replicas=0                 | at '/vllm/replicas': minimum: got 0, want 1",
                "vllm.replica=2                  | at '/vllm/replica': value must be 'left out: there are only enabled, image, replicas,",
                "ray.learner.gpus=-1             | at '/ray/learner/gpus': minimum: got -1, want 0",
                "storage.accessMode=ReadOnlyMany | at '/storage/accessMode': value must be one of 'ReadWriteMany', 'ReadWriteOnce'",
                "job.retries=often               | at '/job/retries': got string, want integer",
                "job.keepSeconds=9999999999      | at '/job/keepSeconds': maximum: got",
                "secrets.A=hunter2               | at '/secrets/A': value must be 'a reference, not the value: secret, the name of a Secret, and key",
                "secrets.A.secret=keys           | at '/secrets/A': missing property 'key'",
                "image.tag=null                  | at '/image': missing property 'tag'",
                "ray.head=null                   | at '/ray': missing property 'head'",
                "tolerations[0].kee=gpu          | at '/tolerations/0/kee': value must be 'left out: there are only key, operator,",
                "gpu.tolerations[0].effect=No    | at '/gpu/tolerations/0/effect': value must be one of 'NoSchedule'",
                "ray.head.cpu=0m                 | ray.head.cpu is \"0m\", but must be CPUs above 0: a number such as 2 or 0.5",
                "ray.reward.cpu=0                | ray.reward.cpu is \"0\", but must be CPUs above 0",
                "vllm.cpu=two                    | vllm.cpu is \"two\", but must be CPUs above 0",
                "ray.learner.memory=much         | ray.learner.memory is \"much\", but must be above 0 and with its unit",
                "ray.rollout.memory=0Gi          | ray.rollout.memory is \"0Gi\", but must be above 0 and with its unit",
                "ray.head.memory=4               | ray.head.memory is \"4\", but must be above 0 and with its unit",
                "vllm.memory=64GB                | vllm.memory is \"64GB\", but must be above 0 and with its unit (Mi, Gi, Ti, M, G or T)",
                "storage.size=0                  | storage.size is \"0\", but must be above 0 and with its unit",
                "ray.head.cpu=1000000000         | ray.head.cpu is \"1000000000\", but must be CPUs above 0: a number such as 2 or 0.5, or thousandths such as 500m, below 10000",
                "ray.learner.memory=1000000Gi    | ray.learner.memory is \"1000000Gi\", but must be above 0 and with its unit (Mi, Gi, Ti, M, G or T), such as 64Gi, below 100Ti",
                "ray.version=nightly             | ray.version is \"nightly\", but must be the version of Ray in the image",
                "gpu.resource=nvidia.com/mig-1g  | gpu.resource is \"nvidia.com/mig-1g\", but must be a resource that ends with gpu",
                "ray.learner.replicas=0,ray.rollout.replicas=0 | no worker has a replica",
                "headFaultTolerance.redisAddress=redis:6379 | redisAddress is set, but nothing is kept there while headFaultTolerance.enabled is false",
                "vllm.enabled=true,ray.rollout.replicas=0 | only the rollout pods reach vLLM; set it to 1 or more",
                "vllm.enabled=true,vllm.replicas=2,storage.accessMode=ReadWriteOnce | several vLLM pods share it; use ReadWriteMany",
            })
    void shapesAndSizes(String values, String sentence) {
        Helm.refused(sentence, Helm.RECIPE, "--set=" + values);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "queue=a b                       | queue is \"a b\", but must be a name of Kubernetes",
                "storage.storageClass=x y        | storage.storageClass is \"x y\", but must be a name of Kubernetes: small letters, digits",
                "storage.existingClaim=NO GO     | storage.existingClaim is \"NO GO\", but must be a name of Kubernetes",
                "image.pullSecrets={My_Secret}   | a name in image.pullSecrets is \"My_Secret\", but must be a name of Kubernetes",
                "secrets.A.secret=A B,secrets.A.key=a | secrets.A.secret is \"A B\", but must be a name of Kubernetes",
                "secrets.A.secret=a,secrets.A.key=a b | secrets.A.key is \"a b\", but must be a key in a Secret",
                "headFaultTolerance.password.secret=a | headFaultTolerance.password must say secret, the name of a Secret, and key",
                "headFaultTolerance.password.secret=A,headFaultTolerance.password.key=a | headFaultTolerance.password.secret is \"A\", but",
                "nodeSelector.a b=c              | a key of nodeSelector is \"a b\", but must be a label of Kubernetes",
                "gpu.nodeSelector.pool=a b       | gpu.nodeSelector.pool is \"a b\", but must be a label's value",
                "vllm.nodeSelector.pool=a b      | vllm.nodeSelector.pool is \"a b\", but must be a label's value",
                "ray.head.nodeSelector.pool=a/b  | ray.head.nodeSelector.pool is \"a/b\", but must be a label's value",
                "monitoring.labels.release=a b   | monitoring.labels.release is \"a b\", but must be a label's value",
                "monitoring.dashboardLabel.-x=y  | a key of monitoring.dashboardLabel is \"-x\", but must be a label of Kubernetes",
                "headFaultTolerance.redisAddress=redis://redis:6379 | \"redis://redis:6379\", but must be host:port without a scheme",
                "headFaultTolerance.redisAddress=redis:99999 | headFaultTolerance.redisAddress is \"redis:99999\", but must be host:port",
                "image.repository=UPPER CASE     | image.repository is \"UPPER CASE\", but must be an image's name in small letters and without its tag",
                "image.repository=ghcr.io/me/rlhf:1 | image.repository is \"ghcr.io/me/rlhf:1\", but must be an image's name",
                "vllm.image.repository=          | vllm.image.repository is \"\", but must be an image's name",
                "image.tag=a b                   | image.tag is \"a b\", but must be an image's tag",
                "vllm.image.tag=a/b              | vllm.image.tag is \"a/b\", but must be an image's tag",
                "image.tag=latest                | rlhf:latest may be other code tomorrow; set its tag to a version",
                "headFaultTolerance.image=redis  | headFaultTolerance.image is \"redis\", but must be an image with its tag",
                "headFaultTolerance.image=redis:latest | redis:latest may be another Redis tomorrow; set its tag to a version",
                "environment.2ND=x               | a name in environment is \"2ND\", but must be the name of an environment variable",
                "environment.HOME=/root          | environment.HOME is set by the chart itself; leave it out",
                "environment.RAY_ADDRESS=auto     | environment.RAY_ADDRESS is set by the chart itself; leave it out",
                "vllm.environment.VLLM_MODEL_NAME=x | vllm.environment.VLLM_MODEL_NAME is set by the chart itself; leave it out",
                "environment.A=1,secrets.A.secret=a,secrets.A.key=a | A stands in environment and in secrets; leave one of them out",
            })
    void namesAndImages(String values, String sentence) {
        Helm.refused(sentence, Helm.RECIPE, "--set=" + values);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vllm.arguments={--port=1}              | vllm.arguments has --port, which the chart sets itself",
                "vllm.arguments={--dtype=float32,--host,::} | vllm.arguments has --host, which the chart sets itself",
                "vllm.arguments={--max_model_len=9}     | vllm.arguments has --max-model-len, which the chart sets itself; set vllm.maxModelLength instead",
                "vllm.arguments={--served-model-name=x} | set vllm.modelName instead",
                "vllm.arguments={--model=x}             | set vllm.model instead",
                "vllm.arguments={--ssl-keyfile=x}       | vllm.arguments has --ssl-keyfile, which the chart sets itself",
                "vllm.arguments={--por=1}               | vllm.arguments has --por, which the chart sets itself",
                "vllm.arguments={--max_model_le=9}      | vllm.arguments has --max-model-le, which the chart sets itself",
                "vllm.arguments={--api-ke=plain}        | vllm.arguments has --api-key, and every process of a node can read arguments",
                "vllm.arguments={--hf-tok,plain}        | vllm.arguments has --hf-token, and every process of a node can read arguments",
                "vllm.arguments={--dtype float32}       | --dtype and its value in one argument with a blank between; write --dtype=VALUE",
                "vllm.gpus=2,vllm.arguments={--tensor_parallel_size=4} | has --tensor-parallel-size 4, but a pod has 2 GPUs; set vllm.gpus",
                "vllm.arguments={-tp,2}                 | vllm.arguments has -tp 2, but a pod has 1 GPU; set vllm.gpus",
                "vllm.arguments={--pipeline-parallel-size=8} | vllm.arguments has --pipeline-parallel-size 8, but a pod has 1 GPU",
                "vllm.gpus=2,vllm.arguments={-dp,4}     | vllm.arguments has -dp 4, but a pod has 2 GPUs",
                "vllm.arguments={float32}               | vllm.arguments begins with \"float32\", which is no option of vllm serve",
                "vllm.model=runs/models/base            | vllm.model is \"runs/models/base\", but must be a folder on the volume, such as /runs/models/base",
                "vllm.model=/models/base                | vllm.model is \"/models/base\", but must be a folder on the volume",
                "vllm.model=/runs/../etc                | vllm.model is \"/runs/../etc\", but must be a folder on the volume, such as /runs/models/base, without ..",
                "vllm.modelName=a/b                     | vllm.modelName is \"a/b\", but must be a name of letters",
            })
    void whatVllmIsTold(String values, String sentence) {
        Helm.refused(sentence, Helm.RECIPE, "--set=" + values);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "settings={seed=7,stages.grpo.steps=3,stages[3].kl.controller.beta=0.1,runtime.worker-heap-mib=900,model.tokenizer.alphabet=a=b}",
                "settings={generation=vllm,generation.endpoints=[http://a:8000]}",
                "vllm.enabled=true,vllm.gpus=2,vllm.arguments={--dtype,float32,--tensor-parallel-size=2,--seed,1,--max-num-batched-tokens=9}",
                "environment.TOKENIZERS_PARALLELISM=true,environment.HF_HOME=/tmp/hf,environment.HF_TOKEN_FILE=/tmp/token",
                "image.repository=registry.local:5000/me/rlhf,image.tag=0.1.0-cpu@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "vllm.enabled=true,vllm.model=Qwen/Qwen2.5-0.5B-Instruct,settings={model.layers=2}",
                "ray.head.cpu=0.5,ray.head.memory=1.5Gi,ray.learner.cpu=1500m,vllm.cpu=8",
                "nodeSelector.topology\\.kubernetes\\.io/zone=eu-1a,gpu.resource=amd.com/gpu",
                "headFaultTolerance.redisAddress=redis.data.svc:6379,headFaultTolerance.enabled=true",
            })
    void whatCanBeIsTaken(String values) {
        assertThat(Helm.template(Helm.RECIPE, "--set=" + values).of("RayJob")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "my-recipe.yaml               | recipe.text is no recipe, which is a YAML mapping with a model and a list of stages; give it from a file",
                "- a list                     | recipe.text is no recipe",
                "{model: random, stages: []}  | recipe.text is no recipe",
                "{stages: [{kind: sft}]}      | recipe.text is no recipe",
                "{model: random               | recipe.text is no YAML: ",
                "{model: random, stages: [{kind: sft}], stage: 1} | recipe.text has the key \"stage\", which no recipe has; there are: actors",
                "{model: random, stages: [{kind: sfd}]} | recipe.text has the kind \"sfd\" in stage 1, which must be one of sft, reward-model",
                "{model: random, stages: [sft]} | recipe.text has no kind in stage 1, which must be one of sft",
            })
    void aTextThatIsNoRecipeIsRefused(String text, String sentence) throws IOException {
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), text);
        Helm.refused(sentence, "--set-file=recipe.text=" + recipe);
    }

    @Test
    void aRecipeThatKubernetesCouldNotHoldIsRefused() throws IOException {
        Path recipe = Files.writeString(
                folder.resolve("recipe.yaml"), "model: random\nstages: [{kind: sft}]\n#" + "x".repeat(1_000_000));
        Helm.refused("recipe.text has 1000037 bytes, but Kubernetes takes 1 MB", "--set-file=recipe.text=" + recipe);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/x;id",
                "/etc/$(id)",
                "/a b",
                "relative.yaml",
                "/home/me/recipe.yaml",
                "/a'b",
                "/a&b",
                "/opt/../etc/x"
            })
    void aPathThatAShellWouldReadOtherwiseIsRefused(String path) {
        Helm.refused(
                "recipe.path is \"" + path
                        + "\", but must be the absolute path of a recipe in the image or on the volume",
                "--set=recipe.path=" + path);
    }

    @Test
    void aJobHasOneRecipe() {
        assertThat(Helm.refused("a job needs a recipe: --set-file recipe.text=my-recipe.yaml"))
                .isNotEmpty();
        Helm.refused("recipe.text and recipe.path are both set", Helm.RECIPE, IN_THE_IMAGE);
        assertThat(Helm.template("--set=mode=cluster").of("RayCluster")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4you       | must begin with a letter and have small letters, digits and - alone",
                "my.release | the release's name \"my.release\" must begin with a letter and have small letters",
                "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn | it may have 40 characters at most",
            })
    void aNameThatServicesOrKubeRayCouldNotHaveIsRefused(String name, String sentence) {
        Helm.Result result = Helm.run("template", name, Helm.CHART.toString(), Helm.RECIPE);
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.errors()).contains(sentence);
    }

    @Test
    void everyMistakeIsSaidAtOnce() {
        String said = Helm.refused("queue is \"A\"", Helm.RECIPE, "--set=queue=A,ray.head.cpu=0,image.tag=latest");
        assertThat(said).contains("ray.head.cpu is \"0\"", "rlhf:latest may be other code tomorrow");
    }

    /** For helm lint, a template that says "fail" has not failed. */
    @Test
    void lintRefusesTheSame() {
        String chart = Helm.CHART.toString();
        Helm.Result refused = Helm.run("lint", chart, Helm.RECIPE, "--set=queue=a b");
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.errors()).contains("queue is \"a b\", but must be a name of Kubernetes");
        Helm.run("lint", chart).accepted();
        for (Path size : Helm.sizes()) {
            Helm.run("lint", "--strict", chart, "-f", size.toString()).accepted();
        }
    }
}
