package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
    private static final int USER = ErrorKind.USER.exitCode();

    private static final String STAGES = """
            stages:
              - {name: warm, kind: sft, steps: 6, data: {kind: completions, path: rows.jsonl, held-out: 1},
                 evaluation: {data: {kind: spelling}, max-tokens: 4}}
              - {name: rank, kind: reward-model, steps: 3, data: {kind: pairs, path: pairs.jsonl, prompt-key: prompt}}
              - {name: rl, kind: rloo, from: warm, steps: 3, prompts-per-step: 2, data: {kind: prompts, path: rows.jsonl},
                 sampling: {samples-per-prompt: 2, max-tokens: 4}, rewards: [{kind: length-penalty}]}
            """;

    @TempDir
    Path folder;

    @Test
    void aRecipeIsShownWithItsDataTokensAndMask() {
        Path recipe = recipe();

        String shown = Invocation.of("check", recipe.toString(), "--set", "stages.rank.steps=9")
                .assertDone()
                .out();

        assertThat(shown).contains("steps: 9", "micro-batch-tokens: 8192");
        assertThat(shown).contains("stages.warm.data: " + folder.resolve("rows.jsonl"), " 2 to train on");
        assertThat(shown).contains("prompts of 3 to 4 tokens (mean", "responses of 3 to 4 tokens");
        assertThat(shown).containsSubsequence("rows.jsonl:1", "c|a|t|>[t][a][c][<eos>]", "4 2 21 28 21 2 4 0");
        assertThat(shown).containsSubsequence("stages.warm.evaluation.data: spelling", "held out");
        assertThat(shown).containsSubsequence("stages.rank.data: ", "a|>[b][<eos>]", "a|>[c][<eos>]");
        assertThat(shown).containsSubsequence("stages.rl.data: ", "rows.jsonl:1", "c|a|t|>\n");
        assertThat(folder).isDirectoryContaining("glob:**/small.yaml");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("small.yaml", "rows.jsonl", "pairs.jsonl");
    }

    @Test
    void whatARunWouldRefuseIsRefused() {
        Path recipe = recipe();
        new SmallRecipe(folder).file("rows.jsonl", "{\"prompt\": \"cat>\"}\n".repeat(3));

        Invocation.of("check", recipe.toString())
                .assertRefused(USER, folder.resolve("rows.jsonl") + ":1", "completion");
        Invocation.of("check", recipe.toString(), "--set", "model={kind: directory, path: meta-llama/Llama-3.2-1B}")
                .assertRefused(USER, "hf download meta-llama/Llama-3.2-1B");
    }

    @Test
    void whatAnotherMachineHasIsNamedAndTheRestIsLookedAt() {
        Path recipe = recipe();
        String data = "stages.rl.data.path=/runs/data/rows.jsonl";
        String model = "model={kind: directory, path: /runs/models/base}";

        Invocation.of("check", recipe.toString(), "--set", data).assertRefused(USER, "/runs/data/rows.jsonl");
        assertThat(Invocation.of("check", recipe.toString(), "--elsewhere", "--set", data)
                        .assertDone()
                        .out())
                .containsSubsequence(
                        "not looked at, since this machine does not have it:",
                        "  stages.rl.data.path: /runs/data/rows.jsonl",
                        "stages.warm.data: ")
                .doesNotContain("stages.rl.data: ");
        assertThat(Invocation.of("check", recipe.toString(), "--elsewhere", "--set", model, "--set", data)
                        .assertDone()
                        .out())
                .contains("  model.path: /runs/models/base", "  stages.rl.data.path: /runs/data/rows.jsonl")
                .contains("nor were any data, which are read with the model's tokenizer")
                .doesNotContain("stages.warm.data: ");
        assertThat(Invocation.of("check", recipe.toString(), "--elsewhere")
                        .assertDone()
                        .out())
                .contains("stages.rl.data: ")
                .doesNotContain("not looked at");
    }

    /** Keys, and files that are here, are looked at all the same. */
    @Test
    void mistakesAreRefusedForAnotherMachineToo() {
        Path recipe = recipe();
        String model = "model={kind: directory, path: /runs/models/base}";
        Invocation.of("check", recipe.toString(), "--elsewhere", "--set", model, "--set", "stages.rl.steps=-1")
                .assertRefused(USER, "stages.rl.steps", "at least 1");
        new SmallRecipe(folder).file("rows.jsonl", "{\"prompt\": \"cat>\"}\n".repeat(3));
        Invocation.of("check", recipe.toString(), "--elsewhere", "--set", "stages.rank.data.path=/runs/pairs.jsonl")
                .assertRefused(USER, folder.resolve("rows.jsonl") + ":1", "completion");
    }

    private Path recipe() {
        SmallRecipe recipe = new SmallRecipe(folder);
        recipe.file("rows.jsonl", """
                {"prompt": "cat>", "completion": "tac"}
                {"prompt": "no>", "completion": "on"}
                {"prompt": "up>", "completion": "pu"}
                """);
        recipe.file("pairs.jsonl", "{\"prompt\": \"a>\", \"chosen\": \"b\", \"rejected\": \"c\"}\n");
        return recipe.with(STAGES);
    }
}
