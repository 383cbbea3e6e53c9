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

/** A key in plain text is refused, by its name or by the address that it stands in, and never told. */
class ChartSecretsIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "environment.VLLM_API_KEY",
                "environment.HF_TOKEN",
                "environment.REDIS_PASSWORD",
                "environment.CLIENT_SECRET",
                "environment.token",
                "environment.DB_PASS",
                "environment.MY_APIKEY",
                "environment.GITHUB_PAT",
                "vllm.environment.AWS_SECRET_ACCESS_KEY",
            })
    void byTheNameOfItsVariable(String name) {
        String variable = name.substring(name.lastIndexOf('.') + 1);
        refused(
                name + " would stand in plain text in the manifests; put it into a Secret and say which: --set secrets."
                        + variable + ".secret=NAME",
                "--set=" + name + "=hunter2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--api-key=hunter2   | vllm.arguments has --api-key, and every process of a node can read arguments; name a Secret: secrets.VLLM_API_KEY",
                "--hf-token=hunter2  | vllm.arguments has --hf-token, and every process of a node can read arguments; name a Secret: secrets.HF_TOKEN",
                "--hf_token,hunter2  | vllm.arguments has --hf-token, and every process of a node can read arguments",
                "--otlp-traces-endpoint=http://me:hunter2@h/ | vllm.arguments has an address with a user or a password in --otlp-traces-endpoint",
                "--otlp-traces-endpoint,http://me:hunter2@h/ | vllm.arguments has an address with a user or a password, and every process",
            })
    void byTheNameOfAnArgument(String arguments, String sentence) {
        refused(sentence, "--set=vllm.arguments={" + arguments + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "environment.DATABASE_URL=postgres://me:hunter2@db/x | environment.DATABASE_URL is an address with a user or a password, which would stand in plain text in the manifests; put it into a Secret and say which: --set secrets.DATABASE_URL.secret=NAME",
                "settings={trackers[0].url=http://me:hunter2@h/}     | settings has trackers[0].url, an address with a user or a password; take user and password out; a key stands in a variable that key-variable names, which comes from a Secret: secrets.NAME",
                "settings={seed=http://me:hunter2@h/}                | settings has seed, an address with a user or a password",
                "settings={seed http://me:hunter2@h/}                | settings has seed http://…@h/, an address with a user or a password",
                "headFaultTolerance.redisAddress=redis://me:hunter2@h:1 | headFaultTolerance.redisAddress is \"redis://…@h:1\", but must be host:port",
                "vllm.model=http://me:hunter2@h/base                 | vllm.model is \"http://…@h/base\", but must be",
                "secrets.A=hunter2                                   | at '/secrets/A': value must be 'a reference, not the value",
            })
    void byTheAddressThatItStandsIn(String values, String sentence) {
        refused(sentence, "--set=" + values);
    }

    @Test
    void inTheRecipeToo() throws IOException {
        Path recipe = Files.writeString(
                folder.resolve("recipe.yaml"),
                "model: random\ntrackers:\n- {kind: mlflow, url: \"http://me:hunter2@h/\"}\nstages: [{kind: sft}]\n");
        String said = Helm.refused(
                "recipe.text has an address with a user or a password in line 3; take user and password out",
                "--set-file=recipe.text=" + recipe);
        assertThat(said).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "environment.MAX_TOKENS=64",
                "environment.TOKENIZERS_PARALLELISM=true",
                "environment.HF_TOKEN_FILE=/tmp/token",
                "environment.HTTP_PROXY=http://proxy:3128/me@here",
                "vllm.arguments={--max-num-batched-tokens=64}",
            })
    void whatIsNoKeyIsTaken(String values) {
        assertThat(Helm.template(Helm.RECIPE, "--set=" + values).of("RayJob")).hasSize(1);
    }

    private static void refused(String sentence, String values) {
        assertThat(Helm.refused(sentence, Helm.RECIPE, values)).doesNotContain("hunter2");
    }
}
