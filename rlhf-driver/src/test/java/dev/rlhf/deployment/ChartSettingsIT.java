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

/** What is set over a recipe, and the paths in it, are refused where no recipe has such a key, the key no such value, or no pod such a file. */
class ChartSettingsIT {
    private static final String IN_THE_IMAGE = "--set=recipe.path=/opt/rlhf/recipes/quickstart.yaml";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "settings={seed}                        | settings has \"seed\", but must have key=value",
                "settings={stages.grpo.rewards=[}       | settings has \"stages.grpo.rewards=[\", but must have key=value, the value in YAML",
                "settings={sed=7}                       | settings has sed, but a recipe has no key sed; there are: actors, checkpoint",
                "settings={stages.grop.steps=3}         | settings has stages.grop.steps, but the recipe has no stage grop; there are: sft, reward-model, ppo, grpo",
                "settings={stages.grpo.step=3}          | settings has stages.grpo.step, but stages.grpo has no key step; there are: advantage",
                "settings={stages.sft.kl.in=loss}       | settings has stages.sft.kl.in, but stages.sft has no key kl",
                "settings={stages[3].kl.controller.bet=1} | stages.3.kl.controller has no key bet; there are:",
                "settings={seed.x=3}                    | settings has seed.x, but seed is a single value, without keys",
                "settings={runtime=in-process}          | settings has runtime, which the chart sets itself; leave it out",
                "vllm.enabled=true,settings={generation=embedded} | settings has generation, which the chart sets itself",
                "vllm.enabled=true,settings={model.layers=2} | settings has model.layers, but vLLM starts with the model that the recipe's own",
                "settings={runtime.learner[0].amount=1} | settings has runtime.learner[0].amount, which the chart sets itself; leave it out",
                "settings={runtime.address=auto}        | settings has runtime.address, which the chart sets itself; leave it out",
                "vllm.enabled=true,settings={generation.endpoints[0]=http://a:1} | settings has generation.endpoints[0], which the chart sets itself",
            })
    void keys(String values, String sentence) {
        Helm.refused(sentence, Helm.RECIPE, "--set=" + values);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stages.ppo.steps=five        | settings: stages.ppo.steps is \"five\", but must be a whole number, at least 1",
                "stages.ppo.steps=-1          | settings: stages.ppo.steps is \"-1\", but must be a whole number, at least 1",
                "stages.ppo.steps=1.5         | settings: stages.ppo.steps is \"1.5\", but must be a whole number",
                "stages.ppo.steps=[1]         | settings: stages.ppo.steps is \"[1]\", but must be a whole number",
                "stages[2].sampling.top-p=1.5 | settings: stages[2].sampling.top-p is \"1.5\", but must be a number, above 0 and at most 1",
                "stages.ppo.kl.in=losses      | settings: stages.ppo.kl.in is \"losses\", but must be one of reward, loss",
                "model.tie-embeddings=yes     | settings: model.tie-embeddings is \"yes\", but must be true or false",
                "name=../../x                 | settings: name is \"../../x\", but must be letters, digits, '.', '_' and '-'",
                "model.path=/home/me/base     | settings: model.path is \"/home/me/base\", but must be a path on the volume, /runs/…, or in the image, /opt/…",
                "model.path=/runs/../etc      | settings: model.path is \"/runs/../etc\", but must be a path on the volume",
                "model.path=base              | settings: model.path is \"base\", but must be a path on the volume",
            })
    void values(String setting, String sentence) {
        Helm.refused(sentence, Helm.RECIPE, "--set=settings={" + setting.replace("[1]", "\\[1\\]") + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stages.ppo.steps=1_000",
                "stages.ppo.steps='5'",
                "stages.ppo.optimiser.learning-rate=1e-4",
                "stages.ppo.sampling.top-p=.5",
                "stages.ppo.kl.in=loss",
                "generation.context-length=null",
                "model.tie-embeddings=true",
                "model.path=/runs/models/base",
                "name=a-b.c_9",
                "jars[0]=/opt/rlhf/own.jar",
            })
    void whatCanBeIsTaken(String setting) {
        assertThat(Helm.template(Helm.RECIPE, "--set=settings={" + setting + "}")
                        .of("RayJob"))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{model: random, jars: [own.jar], stages: [{kind: sft, data: {path: /runs/a}}]} | recipe.text has jars: own.jar, which no pod has",
                "{model: {kind: initialised, config: a.json}, stages: [{kind: sft}]} | recipe.text has model.config: a.json, which no pod has",
                "{model: {kind: directory, path: base}, stages: [{kind: sft}]}          | recipe.text has model.path: base, which no pod has",
                "{model: random, stages: [{kind: sft, data: {path: /home/me/a.jsonl}}]} | recipe.text has stages[0].data.path: /home/me/a.jsonl, which",
                "{model: random, stages: [{kind: sft, data: {path: /runs/../a}}]}       | recipe.text has stages[0].data.path: /runs/../a, which no pod has",
            })
    void aPathThatNoPodHasIsRefused(String text, String sentence) throws IOException {
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), text);
        Helm.refused(sentence, "--set-file=recipe.text=" + recipe);
        Files.writeString(recipe, text.replaceAll("(path: |config: |jars: \\[)[^]}]*", "$1/runs/a"));
        Helm.template("--set-file=recipe.text=" + recipe);
    }

    /** Of a recipe that only the image has, the kinds of its stages are not known. */
    @Test
    void settingsOfARecipeInTheImageAreHeldAgainstEveryKind() {
        Helm.template(IN_THE_IMAGE, "--set=settings={stages.any.kl.controller.beta=0.1}");
        Helm.refused(
                "settings: stages.any.steps is \"five\", but must be a whole number, at least 1",
                IN_THE_IMAGE,
                "--set=settings={stages.any.steps=five}");
        Helm.refused(
                "settings has stages.any.kl.bet, but stages.any.kl has no key bet",
                IN_THE_IMAGE,
                "--set=settings={stages.any.kl.bet=0.1}");
    }

    @Test
    void rewardsOfOnesOwnMayHaveKeysOfTheirOwn() throws IOException {
        String text = "model: random\nstages: [{name: y, kind: grpo, rewards: [{kind: mine}]}]\n";
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), text + "jars: [/runs/mine.jar]\n");
        String setting = "--set=settings={stages.y.rewards[0].mine=1}";
        assertThat(Helm.template("--set-file=recipe.text=" + recipe, setting).of("RayJob"))
                .hasSize(1);
        Files.writeString(recipe, text.replace("name: y", "name: own"));
        Helm.refused(
                "stages.own.rewards.0 has no key mine",
                "--set-file=recipe.text=" + recipe,
                setting.replace(".y.", ".own."));
    }
}
