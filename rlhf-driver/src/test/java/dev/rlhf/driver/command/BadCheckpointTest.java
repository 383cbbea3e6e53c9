package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of a finished run of six steps stand at steps 2, 4 and 6, the last one after the end of the stage. */
class BadCheckpointTest {
    @TempDir
    Path folder;

    private SmallRecipe recipe;
    private Path checkpoints;
    private byte[] model = {};

    @BeforeEach
    void finishARun() throws IOException {
        recipe = new SmallRecipe(folder);
        recipe.with(SmallRecipe.SFT);
        recipe.run().assertDone();
        checkpoints = recipe.out().resolve("checkpoints");
        model = Files.readAllBytes(recipe.out().resolve("model/model.safetensors"));
        assertThat(names()).containsExactly("step-000002", "step-000004", "step-000006");
    }

    @Test
    void anUnreadableOneGivesWayToTheOneBefore() throws IOException {
        Files.delete(checkpoints.resolve("step-000006/manifest.json"));
        Path weights = checkpoints.resolve("step-000004/learners/policy/weights.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 3] ^= 1;
        Files.write(weights, bytes);

        Invocation resumed = recipe.run("--resume").assertDone();

        assertThat(resumed.out())
                .contains("checkpoint " + checkpoints.resolve("step-000006")
                        + " is unreadable (manifest.json is missing); going back to the one before")
                .contains("checkpoint " + checkpoints.resolve("step-000004")
                        + " is unreadable (learners/policy/weights.safetensors differs from its SHA-256")
                .contains("going on after step 2");
        assertThat(recipe.out().resolve("rlhf.log")).content().contains("going on after step 2");
        assertSameModel();
        assertThat(names()).containsExactly("step-000002", "step-000004", "step-000006");
    }

    @Test
    void withoutAnyAtAllItSaysThatItBeginsAnew() throws IOException {
        DurableFiles.deleteTree(checkpoints);

        assertThat(recipe.run("--resume").assertDone().out()).contains("there is no checkpoint; beginning at step 1");

        assertSameModel();
    }

    @Test
    void withoutAnyReadableOneTheRunIsNotBegunAnew() throws IOException {
        for (String name : names()) {
            Path file = checkpoints.resolve(name).resolve("state.json");
            Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 10));
        }

        Invocation resumed = recipe.run("--resume");

        resumed.assertRefused(
                ErrorKind.RESOURCE.exitCode(),
                "no checkpoint in " + checkpoints + " is readable; start the run again in an empty folder (--out)");
        assertThat(resumed.out())
                .contains("step-000004 is unreadable (state.json differs from its SHA-256")
                .containsOnlyOnce("step-000002 is unreadable (state.json differs from its SHA-256");
        assertThat(resumed.out().lines().filter(line -> line.contains("going back")))
                .as("of three, two have one before")
                .hasSize(2);
    }

    @Test
    void aCheckpointThatWasOnlyToBeRenamedIsTakenUp() throws IOException {
        Files.move(checkpoints.resolve("step-000006"), checkpoints.resolve(".step-000006.tmp"));

        assertThat(recipe.run("--resume").assertDone().out()).contains("going on after step 6");

        assertSameModel();
        assertThat(names()).containsExactly("step-000002", "step-000004", "step-000006");
    }

    @Test
    void aCheckpointThatWasOnlyBegunIsRemoved() throws IOException {
        Path begun = checkpoints.resolve(".step-000008.tmp");
        Files.createDirectories(begun);
        Files.writeString(begun.resolve("state.json"), "{");

        assertThat(recipe.run("--resume").assertDone().out()).contains("going on after step 6");

        assertSameModel();
        assertThat(names()).containsExactly("step-000002", "step-000004", "step-000006");
    }

    @Test
    void aDamagedModelThatALaterStageStartedFromIsNamed() throws IOException {
        recipe.with(SmallRecipe.SFT_THEN_GRPO);
        recipe.run("--resume").assertDone();
        Path file = recipe.out().resolve("stages/sft/model.safetensors");
        Files.write(file, Arrays.copyOf(model, model.length - 1));

        recipe.run("--resume")
                .assertRefused(
                        ErrorKind.RESOURCE.exitCode(),
                        "the model " + file.getParent() + " of a finished stage is damaged: model.safetensors differs");
    }

    @Test
    void aDamagedModelOfTheLastStageIsWrittenAgain() throws IOException {
        Files.delete(recipe.out().resolve("stages/sft/model.safetensors"));

        recipe.run("--resume").assertDone();

        assertSameModel();
    }

    private void assertSameModel() {
        assertThat(recipe.out().resolve("model/model.safetensors")).hasBinaryContent(model);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> found = Files.list(checkpoints)) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
