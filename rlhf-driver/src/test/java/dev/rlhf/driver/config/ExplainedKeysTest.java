package dev.rlhf.driver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainedKeysTest {
    @Test
    void aKeyHasMeaningValuesAndDefault() {
        assertThat(Recipes.explain("checkpoint.every-steps")).isEqualTo("""
                        checkpoint.every-steps
                            meaning   steps between two checkpoints
                            value     a whole number, at least 1
                            default   25
                        """);
    }

    @Test
    void whatDiffersFromKindToKindIsToldApart() {
        assertThat(Recipes.explain("stages.ppo.kl.controller.beta")).isEqualTo("""
                        stages.ppo.kl.controller.beta
                          of kind fixed (the default):
                            meaning   the coefficient β
                            value     a number, at least 0
                            default   0.1
                          of kind adaptive:
                            meaning   the coefficient β, in a recipe the one at the start
                            value     a number, above 0
                            default   0.1
                        """);
    }

    @Test
    void theDefaultIsTheOneOfThePlace() {
        assertThat(Recipes.explain("stages.grpo.sampling.samples-per-prompt")).contains("default   8\n");
        assertThat(Recipes.explain("stages.rloo.sampling.samples-per-prompt")).contains("default   4\n");
        assertThat(Recipes.explain("sampling.samples-per-prompt")).contains("default   1\n");
        assertThat(Recipes.explain("stages.grpo.kl.controller.fixed.beta")).contains("default   0.0\n");
    }

    @Test
    void aPathMayStartAtABlockOfTheDefaults() {
        assertThat(Recipes.explain("kl-controller.adaptive.target"))
                .contains("KL per sequence aimed at, in nats", "a number, above 0", "default   2.0");
    }

    @Test
    void aKeyWithoutDefaultSaysSo() {
        assertThat(Recipes.explain("stages.sft.steps")).contains("default   none: it must be given");
    }

    @Test
    void theKindOfABlockIsAKeyToo() {
        assertThat(Recipes.explain("generation.kind")).contains("one of embedded, vllm", "default   embedded");
        assertThat(Recipes.explain("stages.kind")).contains("one of sft, reward-model, dpo", "none: it must be given");
    }

    @Test
    void aBlockShowsItsKeys() {
        assertThat(Recipes.explain("sampling"))
                .contains("    top-p                 nucleus mass; 1 keeps all\n", "    max-tokens  ");
        assertThat(Recipes.explain("advantage"))
                .contains("  of kind group-relative:\n", "  of kind leave-one-out:\n    (no keys)");
    }

    /** Each kind's words for the keys that kinds share by name. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sft          | data       | examples to imitate",
                "sft          | batch-size | examples of a step",
                "reward-model | data       | the pairs",
                "reward-model | batch-size | pairs of a step",
                "reward-model | objective  | the loss",
                "dpo          | data       | the pairs",
                "dpo          | batch-size | pairs of a step",
                "dpo          | objective  | the loss",
                "ppo          | data       | the prompts",
                "ppo          | objective  | the policy's loss",
                "ppo          | optimiser  | AdamW of the policy",
                "grpo         | data       | the prompts",
                "grpo         | objective  | the policy's loss",
                "rloo         | objective  | the policy's loss",
                "reinforce    | objective  | the policy's loss",
                "reinforce    | optimiser  | AdamW of the policy",
            })
    void aKeyIsExplainedAsItsOwnKindMeansIt(String kind, String key, String meaning) {
        assertThat(Recipes.explain("stages." + kind + "." + key)).contains("meaning   " + meaning);
    }

    @Test
    void ownStageNamesAreLookedUpInTheRecipe(@TempDir Path folder) throws IOException {
        Path recipe = Files.writeString(folder.resolve("own.yaml"), """
                stages:
                  - {name: warm, kind: sft}
                  - {kind: dpo, name: ppo}
                """);

        assertThat(Recipes.explain("stages.warm.reduction", recipe))
                .isEqualTo(Recipes.explain("stages.sft.reduction").replace("stages.sft", "stages.warm"));
        assertThat(Recipes.explain("stages.ppo.objective", recipe)).contains("whose kind is one of dpo");
        assertThat(Recipes.explain("stages[1].batch-size", recipe)).contains("pairs of a step");
        assertThat(Recipes.explain("kl.in", recipe)).contains("reward, loss, metrics", "none");
        assertThatThrownBy(() -> Recipes.explain("stages.warn.reduction", recipe))
                .hasMessageContaining("has no stage warn");
        assertThatThrownBy(() -> Recipes.explain("stages.warm.reduction")).hasMessageContaining("--recipe");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stages.ppo.kl.controler | there is no key 'controler' in stages.ppo.kl; did you mean controller?",
                "stages.ppo.nosuch       | there is no key 'nosuch' in stages.ppo (known: advantage, critic, ",
                "sede                    | there is no key 'sede'; did you mean seed?",
                "learning-rate           | there is no key 'learning-rate'; did you mean optimiser.learning-rate?",
                "seed.x                  | there is no key 'x' in seed, which is a single value",
            })
    void anUnknownKeyIsTheUsersMistake(String key, String message) {
        assertThatThrownBy(() -> Recipes.explain(key))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageStartingWith(message);
    }
}
