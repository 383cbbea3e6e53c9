package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadDirectoryTest {
    private static final int USER = ErrorKind.USER.exitCode();

    @TempDir
    Path folder;

    private SmallRecipe recipe;

    @BeforeEach
    void makeRecipe() {
        recipe = new SmallRecipe(folder);
        recipe.with(SmallRecipe.SFT);
    }

    @Test
    void aRunIsNotOverwritten() throws IOException {
        recipe.run().assertDone();
        byte[] metrics = Files.readAllBytes(recipe.out().resolve("metrics.jsonl"));

        recipe.run().assertRefused(USER, recipe.out() + " holds a run already; add --resume", "another --out");

        assertThat(recipe.out().resolve("metrics.jsonl")).hasBinaryContent(metrics);
    }

    @Test
    void aFileIsNoPlaceForARun() throws IOException {
        Files.writeString(recipe.out(), "mine");

        recipe.run()
                .assertRefused(USER, "cannot write to " + recipe.out(), "it exists and is no folder", "another --out");

        assertThat(recipe.out()).hasContent("mine");
    }

    @Test
    void aRunIsResumedWithItsOwnRecipeOnly() {
        recipe.run().assertDone();

        recipe.run("--resume", "--set", "stages.sft.batch-size=5")
                .assertRefused(
                        USER,
                        "cannot resume with another stages.sft.batch-size",
                        "began with 4",
                        "says 5",
                        "another --out");
    }

    @Test
    void aFinishedRunIsResumedToTheSameEnd() throws IOException {
        recipe.run().assertDone();
        byte[] model = Files.readAllBytes(recipe.out().resolve("model/model.safetensors"));

        recipe.run("--resume").assertDone();

        assertThat(recipe.out().resolve("model/model.safetensors")).hasBinaryContent(model);
        assertThat(Invocation.of("report", recipe.out().toString()).assertDone().out())
                .contains("report.html");
    }

    @Test
    void thereMustBeARunToResume() throws IOException {
        recipe.run("--resume").assertRefused(USER, "there is no run to resume in " + recipe.out());
        assertThat(recipe.out()).doesNotExist();
        Files.createDirectories(recipe.out());
        recipe.run("--resume").assertRefused(USER, "there is no run to resume in " + recipe.out());

        Invocation.of("run", folder.resolve("small.yaml").toString(), "--resume")
                .assertRefused(USER, "--resume needs --out");
    }

    @Test
    void aFolderWithOtherThingsInItIsLeftAlone() throws IOException {
        Path precious = Files.writeString(
                Files.createDirectories(recipe.out().resolve("model")).resolve("x"), "mine");

        recipe.run().assertRefused(USER, recipe.out() + " holds model, which is not of a run");

        assertThat(precious).hasContent("mine");
    }

    @Test
    void oneProcessAtATimeRunsInAFolder() throws IOException {
        Files.createDirectories(recipe.out());
        try (FileChannel other = FileChannel.open(
                        recipe.out().resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = other.lock()) {
            assertThat(held.isValid()).isTrue();
            recipe.run().assertRefused(USER, "another process runs in " + recipe.out());
        }
        recipe.run().assertDone();
    }

    @Test
    void aFileIsNoPlaceForAFolder() throws IOException {
        Files.writeString(recipe.out(), "a file");

        Invocation.of("run", folder.resolve("small.yaml").toString(), "--out", recipe.out() + "/below")
                .assertRefused(USER, "cannot write to " + recipe.out() + "/below", "it exists and is no folder");
    }
}
