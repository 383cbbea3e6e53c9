package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full while a checkpoint is written: a real file system of 20 MiB, in a mount namespace of its own. */
class DiskFullIT {
    /** 3 MiB: the base model and one checkpoint of weights and two moments fit on the disk, a second checkpoint does not. */
    private static final String RECIPE = """
            name: small
            model: {kind: random, hidden-size: 128, layers: 4, attention-heads: 4, key-value-heads: 2, head-size: 32, \
            intermediate-size: 384, context-length: 64, \
            tokenizer: {kind: characters, alphabet: "abcdefghijklmnopqrstuvwxyz>"}}
            checkpoint: {every-steps: 3, keep: 2}
            stages:
              - {name: sft, kind: sft, steps: 8, batch-size: 4, data: {kind: spelling}}
            """;

    private static final String SCRIPT = """
            mount -t tmpfs -o size=20m tmpfs disk || exit 77
            $RLHF run small.yaml --out disk/run >first.out 2>first.err
            echo $? >first.exit
            ls -A disk/run/checkpoints >first.checkpoints
            mount -o remount,size=80m disk
            $RLHF run small.yaml --out disk/run --resume >second.out 2>second.err
            echo $? >second.exit
            cp -r disk/run finished
            """;

    @TempDir
    Path folder;

    @Test
    void aRunGoesOnWhenThereIsSpaceAgain() throws Exception {
        SmallRecipe recipe = new SmallRecipe(folder);
        recipe.text(RECIPE);
        recipe.run().assertDone();
        Files.createDirectory(folder.resolve("disk"));

        runOnSmallDisk();

        assertThat(read("first.err").lines().toList()).as("one line").hasSize(1);
        assertThat(read("first.err"))
                .matches(
                        "rlhf: (\\w+ )*cannot write \\S+/disk/run/checkpoints/\\.step-000006\\.tmp/\\S+: "
                                + "No space left on device; make room or mend the disk; go on with: \\S+ run --resume --out \\S+\\s*");
        assertThat(read("first.exit")).isEqualTo("3\n");
        assertThat(read("first.checkpoints"))
                .as("the good one, and no rest of the other")
                .isEqualTo("step-000003\n");
        assertThat(read("second.out")).contains("going on after step 3");
        assertThat(read("second.exit")).as(read("second.err")).isEqualTo("0\n");
        new RunFiles(folder.resolve("finished")).assertEqual(new RunFiles(recipe.out()));
    }

    private void runOnSmallDisk() throws IOException, InterruptedException {
        RlhfProcess.markBuilt();
        ProcessBuilder builder = new ProcessBuilder(
                        List.of("sh", "-c", "exec unshare --map-root-user --mount sh -c \"$0\"", SCRIPT))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("script.out").toFile());
        builder.environment().put("RLHF", RlhfProcess.HOME.resolve("rlhf").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(read("script.out")).isTrue();
        assumeTrue(
                Files.exists(folder.resolve("first.exit")),
                "SKIPPED, a full disk is not tested here: this machine permits no mount in a namespace of its own ("
                        + read("script.out").strip() + ")");
    }

    private String read(String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }
}
