package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a vLLM of the chart gets its first model from, with a stub in the launcher's place. */
class ModelScriptTest {
    @TempDir
    Path folder;

    private Path target;

    @BeforeEach
    void chooseTarget() {
        target = folder.resolve("start");
    }

    @Test
    void aModelThatIsMadeLiesWhereTheServerLooks() throws Exception {
        launcher("mkdir \"$4\"; touch \"$4/config.json\"; echo \"$4\"");
        assertThat(run()).isZero();
        assertThat(target.resolve("config.json")).exists();
        assertThat(target).isDirectory();
        assertThat(Files.isSymbolicLink(target)).isFalse();
        assertThat(folder.resolve("arguments")).hasContent("init /etc/recipe.yaml --to " + target);
    }

    @Test
    void aFolderThatTheRecipeNamesIsLinkedTo() throws Exception {
        Path named = Files.createDirectories(folder.resolve("runs/models/base"));
        Files.createFile(named.resolve("config.json"));
        launcher("echo " + named);
        assertThat(run()).isZero();
        assertThat(target.toRealPath()).isEqualTo(named.toRealPath());
        assertThat(run()).as("once more, as after a lost container").isZero();
        assertThat(named.resolve("config.json")).exists();
    }

    @Test
    void whatAnEarlierTryLeftIsNoObstacle() throws Exception {
        Files.createFile(Files.createDirectories(target).resolve("half"));
        launcher("mkdir \"$4\" && echo \"$4\"");
        assertThat(run()).isZero();
        assertThat(target.resolve("half")).doesNotExist();
    }

    @Test
    void itFailsWhereNoModelCanBeMade() throws Exception {
        launcher("exit 2");
        assertThat(run()).isEqualTo(2);
        assertThat(target).doesNotExist();
    }

    private void launcher(String does) throws IOException {
        Path launcher = Files.writeString(
                folder.resolve("rlhf"), "#!/bin/sh\necho \"$@\" >" + folder.resolve("arguments") + "\n" + does + "\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
    }

    private int run() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        "sh", Helm.CHART.resolve("files/model.sh").toString(), "/etc/recipe.yaml", target.toString())
                .redirectErrorStream(true);
        builder.environment().put("RLHF_HOME", folder.toString());
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(printed).isTrue();
        return process.exitValue();
    }
}
