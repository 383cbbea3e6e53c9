package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.driver.config.Setting;
import dev.rlhf.driver.run.RunRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run may go on with. */
class ResumeTest {
    private static final int USER = ErrorKind.USER.exitCode();
    private static final String ROW = "{\"prompt\": \"cat>\", \"completion\": \"tac\"}\n";

    private static final String FROM_FILES = """
            name: files
            model: {kind: directory, path: model}
            checkpoint: {every-steps: 2, keep: 3}
            stages:
              - {name: sft, kind: sft, steps: 3, batch-size: 2, data: {kind: completions, path: rows.jsonl},
                 evaluation: {data: {kind: spelling}, limit: 2, max-tokens: 2}}
            """;

    @TempDir
    Path folder;

    private SmallRecipe recipe;

    @BeforeEach
    void makeRecipe() {
        recipe = new SmallRecipe(folder);
        recipe.with(SmallRecipe.SFT);
    }

    @Test
    void aRunKnowsItsRecipeAndItsSettings() throws IOException {
        recipe.run("--set", "stages.sft.batch-size=3", "--set", "seed=7").assertDone();
        byte[] model = Files.readAllBytes(recipe.out().resolve("model/model.safetensors"));

        recipe.run("--resume").assertDone();
        resume().assertDone();
        recipe.run("--resume", "--set", "seed=7").assertDone();

        assertThat(recipe.out().resolve("model/model.safetensors")).hasBinaryContent(model);
        resume("--set", "seed=8").assertRefused(USER, "another seed: the run began with 7", "now says 8");
    }

    @ParameterizedTest
    @ValueSource(strings = {SmallRecipe.SFT, SmallRecipe.SFT_THEN_GRPO})
    void aRunThatGetsMoreStepsIsOneThatHadThemFromTheStart(String stages) throws IOException {
        String constant = stages.replace("kind: spelling}}", "kind: spelling}, optimiser: {schedule: constant}}")
                .replace(
                        "samples-per-prompt: 2, max-tokens: 4}",
                        "samples-per-prompt: 2, max-tokens: 4}\n" + "    optimiser: {schedule: constant}");
        recipe.with(constant);
        String last = stages.equals(SmallRecipe.SFT) ? "sft" : "grpo";
        recipe.run("--set", "stages." + last + ".steps=3").assertDone();

        String more = "stages." + last + ".steps=5";
        assertThat(resume("--set", more).assertDone().out())
                .contains("stages." + last + ".steps is 5 from now on; it was 3")
                .doesNotContain("schedule");

        Path straight = folder.resolve("straight");
        Invocation.of("run", folder.resolve("small.yaml").toString(), "--set", more, "--out", straight.toString())
                .assertDone();
        assertThat(trained(recipe.out())).isEqualTo(trained(straight));
        assertThat(recipe.out().resolve("model/model.safetensors"))
                .hasSameBinaryContentAs(straight.resolve("model/model.safetensors"));
        resume().assertDone();
    }

    @Test
    void aScheduleThatEndsLaterIsSaid() {
        recipe.run().assertDone();

        assertThat(resume("--set", "stages.sft.steps=8").assertDone().out())
                .contains("the learning rate of sft now follows its schedule over 8 steps instead of 6");
    }

    @Test
    void stepsThatAreDoneStayDone() {
        recipe.with(SmallRecipe.SFT_THEN_GRPO);
        recipe.run().assertDone();

        resume("--set", "stages.grpo.steps=1")
                .assertRefused(USER, "stages.grpo.steps: the stage has done 2 steps already; it cannot have 1");
        for (String steps : List.of("5", "7")) {
            resume("--set", "stages.sft.steps=" + steps)
                    .assertRefused(USER, "stages.sft.steps: the stage is finished, after 6 steps", "have " + steps);
        }
    }

    @Test
    void aFinishedRunIsEvaluatedAnewAndGoesOnWithMoreStages() throws IOException {
        recipe.run().assertDone();
        assertThat(new RunFiles(recipe.out())
                        .summary()
                        .at("/stages/0/eval_accuracy")
                        .isNull())
                .isTrue();
        recipe.with(SmallRecipe.SFT_THEN_GRPO);

        recipe.run("--resume", "--set", "stages.sft.evaluation={data: {kind: spelling}, limit: 4, max-tokens: 4}")
                .assertDone();

        assertThat(new RunFiles(recipe.out())
                        .summary()
                        .at("/stages/0/eval_accuracy")
                        .isNumber())
                .isTrue();
        assertThat(new RunFiles(recipe.out()).summary().at("/stages/1/name").asText())
                .isEqualTo("grpo");
        assertThat(resume("--set", "stages.sft.evaluation.limit=5").assertDone().out())
                .contains("the stage sft is finished and is not evaluated again");
    }

    @Test
    void anEditedRecipeIsComparedKeyByKeyAndTheSettingsHoldOverIt() throws IOException {
        recipe.run("--set", "seed=7").assertDone();

        recipe.text("deadline-seconds: 99\n" + SmallRecipe.HEAD + SmallRecipe.SFT);
        assertThat(recipe.run("--resume").assertDone().out()).contains("the run's settings still hold: seed=7");
        assertThat(recipe.out().resolve("resolved.yaml")).content().contains("deadline-seconds: 99", "seed: 7");
        assertThat(recipe.out().resolve("recipe.yaml")).hasSameTextualContentAs(folder.resolve("small.yaml"));

        recipe.text("threads: 2\n" + SmallRecipe.HEAD + SmallRecipe.SFT);
        recipe.run("--resume").assertRefused(USER, "another threads: the run began with 1", "now says 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rows.jsonl",
                "model/config.json",
                "model/model.safetensors",
                "model/tokenizer.json",
                "model/tokenizer_config.json"
            })
    void aFileThatChangedIsRefusedUntilItIsMeant(String name) throws IOException {
        fromFiles();
        Path file = folder.resolve(name);
        byte[] before = Files.readAllBytes(file);
        var modified = Files.getLastModifiedTime(file);
        // Of the same length and date, which a content hash alone can tell.
        byte[] changed = before.clone();
        int at = new String(before, StandardCharsets.ISO_8859_1).indexOf(name.endsWith("jsonl") ? "cat>" : ": ");
        changed[name.endsWith("safetensors") ? before.length - 1 : at + 1] =
                name.endsWith("jsonl") ? (byte) 'o' : (byte) '\n';
        Files.write(file, changed);
        Files.setLastModifiedTime(file, modified);

        resume().assertRefused(
                        USER,
                        "cannot resume on other files: " + file + " has changed",
                        "SHA-256",
                        "--accept-changed-inputs");

        assertThat(resume("--accept-changed-inputs").assertDone().out())
                .contains("going on although " + file + " has changed", "as --accept-changed-inputs says");
        resume().assertDone();
    }

    @Test
    void aFileThatIsGoneOrNewIsNamed() throws IOException {
        fromFiles();
        Path added = Files.writeString(folder.resolve("model/generation_config.json"), "{}");
        resume().assertRefused(USER, added + " was not there (model.path)");
        Files.delete(added);
        Files.writeString(folder.resolve("model/README.md"), "nobody trains on this");
        resume().assertDone();
        Path rows = folder.resolve("rows.jsonl");
        Files.delete(rows);
        resume().assertRefused(USER, rows + " is gone (stages.sft.data.path)", "put it back");
    }

    @Test
    void filesMayMoveWithTheirContent() throws IOException {
        fromFiles();
        Files.move(folder.resolve("rows.jsonl"), folder.resolve("moved.jsonl"));
        Files.move(folder.resolve("model"), folder.resolve("elsewhere"));

        resume(
                        "--set",
                        "stages.sft.data.path=" + folder + "/moved.jsonl",
                        "--set",
                        "model.path=" + folder + "/elsewhere")
                .assertDone();
        resume().assertDone();
    }

    @Test
    void aRunFromBeforeThereWereHashesGoesOnWithANotice() throws IOException {
        fromFiles();
        Files.delete(recipe.out().resolve("inputs.json"));
        Files.delete(recipe.out().resolve("settings.json"));

        assertThat(resume().assertDone().out()).contains("this run has no inputs.json");
        assertThat(resume().assertDone().out()).doesNotContain("inputs.json");
    }

    @Test
    void whatIsOfNoUseIsRefused() {
        Path yaml = folder.resolve("small.yaml");
        Invocation.of("run", yaml.toString(), "--accept-changed-inputs").assertRefused(USER, "--resume only");
        Invocation.of("run").assertRefused(USER, "run needs a recipe");
        Invocation.of("run", "--resume").assertRefused(USER, "--resume needs --out");
    }

    /** What a run did at each step, without the evaluation that only the shorter one had at its end. */
    private static List<String> trained(Path run) throws IOException {
        return new RunFiles(run)
                .metrics().stream()
                        .map(line -> line.replaceAll("\"eval_\\w+\":[^,}]+,", ""))
                        .toList();
    }

    private void fromFiles() throws IOException {
        Invocation.of(
                        "init",
                        folder.resolve("small.yaml").toString(),
                        "--to",
                        folder.resolve("model").toString())
                .assertDone();
        Files.writeString(folder.resolve("rows.jsonl"), ROW.repeat(5), StandardOpenOption.CREATE_NEW);
        recipe.text(FROM_FILES);
        recipe.run().assertDone();
    }

    /** By the directory alone. */
    private Invocation resume(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("run", "--resume", "--out", recipe.out().toString()));
        arguments.addAll(List.of(more));
        return Invocation.of(arguments.toArray(String[]::new));
    }

    /** A server that cannot be reached ends a resumption before its settings are the run's: the hint must have them. */
    @Test
    void settingsThatDidNotComeToHoldStandInTheHint() {
        recipe.run("--set", "stages.sft.batch-size=3").assertDone();
        RunRequest.Options options = new RunRequest.Options(Optional.empty(), false);
        RunRequest again = RunRequest.resume(Optional.empty(), List.of("deadline-seconds=7"), recipe.out(), options);
        assertThat(again.unsaved()).extracting(Setting::text).containsExactly("deadline-seconds=7");
        recipe.run("--resume", "--set", "deadline-seconds=7").assertDone();
        assertThat(RunRequest.resume(Optional.empty(), List.of(), recipe.out(), options)
                        .unsaved())
                .isEmpty();
    }
}
