package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadRecipeTest {
    private static final int USER = ErrorKind.USER.exitCode();

    @TempDir
    Path folder;

    private SmallRecipe recipe;

    @BeforeEach
    void makeRecipe() {
        recipe = new SmallRecipe(folder);
    }

    @Test
    void aMissingRecipeIsNamed() {
        recipe.run().assertRefused(USER, "no such file", folder.resolve("small.yaml"));
    }

    @Test
    void whatIsNotYamlIsNamedByLineAndColumn() {
        Path file = recipe.text("name: small\nmodel: {kind: random\nstages: []\n");

        recipe.run().assertRefused(USER, file + ":3:7: not YAML: ");
    }

    @Test
    void anUnknownKeyIsNamedWithTheOneThatWasMeant() {
        Path file = recipe.with(SmallRecipe.SFT.replace("batch-size", "batchsize"));

        recipe.run().assertRefused(USER, file + ":5: stages.sft.batchsize: unknown key", "did you mean batch-size?");
    }

    @Test
    void aWrongTypeIsNamedWithTheRightOne() {
        Path file = recipe.with(SmallRecipe.SFT.replace("steps: 6", "steps: many"));

        recipe.run().assertRefused(USER, file + ":5: stages.sft.steps: must be a whole number", "many");
    }

    @Test
    void aValueOutOfRangeIsNamedWithTheRange() {
        Path file = recipe.with(SmallRecipe.SFT.replace("steps: 6", "steps: 0"));

        recipe.run().assertRefused(USER, file + ":5: stages.sft.steps: must be at least 1, not 0");
    }

    @Test
    void anAddressWithAPasswordIsRefusedAndThePasswordNotTold() {
        String address = "http://me:hunter2@judge:9000/score";
        Path file = recipe.with(SmallRecipe.SFT_THEN_GRPO.replace(
                "{kind: position-match}", "{kind: http, name: judge, url: \"" + address + "\", batch-size: 3}"));

        assertRefusedUntold(
                recipe.run(), file + ":13: stages.grpo.rewards.judge.url: must hold no user and no password");
        recipe.with(SmallRecipe.SFT);
        assertRefusedUntold(
                recipe.run("--set", "generation={kind: vllm, endpoints: [\"" + address + "\"]}"),
                "generation.endpoints[0]: must hold no user");
        assertRefusedUntold(
                recipe.run("--set", "generation={kind: vllm, endpoints: [\"http://me:hunter2@x@y\"]}"),
                "generation.endpoints[0]: must be an address");
        assertRefusedUntold(
                recipe.run("--set", "trackers=[{kind: mlflow, url: \"" + address + "\", experiment: a}]"),
                "must hold no user");
        assertThat(recipe.out()).doesNotExist();
    }

    private static void assertRefusedUntold(Invocation refused, String words) {
        refused.assertRefused(USER, words);
        assertThat(refused.err() + refused.out()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "name=../../small, name: must be letters",
        "name=/tmp/small, name: must be letters",
        "name=.., name: must be letters",
        "stages.sft.name=../sft, must be lower-case letters",
        "stages.grpo.rewards.0.name=../match, must be letters",
    })
    void aNameThatLeadsOutOfItsFolderIsRefused(String setting, String words) {
        recipe.with(SmallRecipe.SFT_THEN_GRPO);

        recipe.run("--set", setting).assertRefused(USER, words);
        assertThat(recipe.out()).doesNotExist();
    }

    @Test
    void aliasesThatWouldFillTheMemoryAreRefused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x]\n");
        for (int i = 1; i < 16; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
        }
        Path file = recipe.text(bomb.toString());

        recipe.run()
                .assertRefused(USER, file + ":", "with its aliases (*) written out this has more than 100000 values");
    }

    @Test
    void aMissingKeyIsNamedWithWhatItNeeds() {
        Path file = recipe.with(SmallRecipe.SFT.replace("steps: 6, ", ""));

        recipe.run().assertRefused(USER, file + ":5: stages.sft.steps: is missing; it needs a whole number");
    }

    @Test
    void aSettingThatLeadsNowhereIsNamed() {
        recipe.with(SmallRecipe.SFT);

        recipe.run("--set", "stages.stf.steps=5").assertRefused(USER, "--set stages.stf.steps=5", "did you mean sft?");
        recipe.run("--set", "stages.sft.steps").assertRefused(USER, "--set stages.sft.steps", "must be key=value");
    }

    @Test
    void anOptionOfAnotherTypeIsNamedWithoutTheWholeUsage() {
        Invocation refused = Invocation.of("run", "small.yaml", "--metrics-port", "many");

        assertThat(refused.exitCode()).isEqualTo(USER);
        assertThat(refused.err().lines())
                .containsExactly(
                        "rlhf: Invalid value for option '--metrics-port': 'many' is not an int",
                        "See 'rlhf run --help'.");
    }

    @Test
    void anUnknownOptionIsNamedWithTheNearest() {
        Invocation refused = Invocation.of("run", "small.yaml", "--resum");

        assertThat(refused.exitCode()).isEqualTo(USER);
        assertThat(refused.err()).startsWith("rlhf: Unknown option: '--resum'").contains("--resume");
    }

    @Test
    void aStageFromAnUnknownOneIsNamedWithThoseThereAre() {
        Path file = recipe.with(SmallRecipe.SFT_THEN_GRPO.replace("from: sft", "from: stf"));

        recipe.run()
                .assertRefused(
                        USER, file + ":8: stages.grpo.from: must be 'base' or an earlier stage [sft], not 'stf'");
    }

    @Test
    void aNameUsedTwiceIsRefused() {
        Path file = recipe.with(SmallRecipe.SFT_THEN_GRPO.replace("name: grpo", "name: sft"));

        recipe.run().assertRefused(USER, file + ":6: stages[1].name: 'sft' is used twice");
    }

    @Test
    void aRewardFromAStageThatIsNoRewardModelIsRefused() {
        Path file =
                recipe.with(SmallRecipe.SFT_THEN_GRPO.replace("kind: position-match", "kind: reward-model, from: sft"));

        recipe.run()
                .assertRefused(
                        USER,
                        file + ":13: stages.grpo.rewards[0].from: must name an earlier reward-model stage, not 'sft'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "samples: 2, rewards: [{kind: reward-model, from: sft}] | rewards[0].from: must name an earlier reward-model stage, not 'sft'",
                "samples: 2, rewards: [{kind: exact-match, name: a}, {kind: position-match, name: a}] | 'a' is used twice",
                "samples: 2, rewards: [{kind: length-penalty, buffer: 5}] | rewards[0].buffer: must be at most",
                "rewards: [{kind: exact-match}] | samples: must be at least 1 where rewards score drawn answers",
                "samples: 2, data: null | data: must name the prompts that samples answers",
                "samples: -1 | samples: must be at least 0",
            })
    void whatAnEvaluationCannotDrawOrScoreIsRefused(String keys, String complaint) {
        String data = keys.contains("data:") ? "" : "data: {kind: spelling, split: held-out}, ";
        recipe.with(SmallRecipe.SFT_THEN_GRPO + "    evaluation: {max-tokens: 4, " + data + keys + "}\n");

        recipe.run().assertRefused(USER, "stages.grpo.evaluation", complaint);
    }

    @Test
    void aRefusedRecipeLeavesNothingBehind() {
        recipe.with(SmallRecipe.SFT.replace("steps: 6", "steps: 0"));

        recipe.run().assertRefused(USER, "steps");

        assertThat(recipe.out()).doesNotExist();
    }
}
