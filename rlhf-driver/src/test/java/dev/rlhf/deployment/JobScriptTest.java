package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Ray job runs, with a stub in the launcher's place. */
class JobScriptTest {
    @TempDir
    Path folder;

    private Path settings;
    private Path out;

    @BeforeEach
    void makeLauncher() throws IOException {
        Path launcher = Files.writeString(folder.resolve("rlhf"), "#!/bin/sh\nprintf '%s|' \"$@\"\nexit 4\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        settings = Files.writeString(
                folder.resolve("settings"),
                "runtime=ray\n\nruntime.learner=[{name: learner, amount: 1}, {name: GPU, amount: 4}]\nname=$(touch here) * 'x'");
        out = folder.resolve("run");
    }

    @Test
    void itBeginsARunWithEverySettingAsItStands() throws Exception {
        assertThat(run("--metrics-port", "9095"))
                .isEqualTo(
                        "run|/etc/recipe.yaml|--out|" + out + "|--metrics-port|9095|--set|runtime=ray|--set|"
                                + "runtime.learner=[{name: learner, amount: 1}, {name: GPU, amount: 4}]|--set|name=$(touch here) * 'x'|");
        assertThat(folder.resolve("here")).doesNotExist();
    }

    @Test
    void itGoesOnWithARunThatHasBegun() throws Exception {
        Files.createDirectories(out);
        assertThat(run()).doesNotContain("--resume");
        Files.createFile(out.resolve("resolved.yaml"));
        assertThat(run()).startsWith("run|/etc/recipe.yaml|--out|" + out + "|--resume|--set|runtime=ray|");
    }

    /** What the launcher was given; its exit code is the script's. */
    private String run(String... arguments) throws Exception {
        List<String> command = Stream.concat(
                        Stream.of(
                                "sh",
                                Helm.CHART.resolve("files/job.sh").toString(),
                                "/etc/recipe.yaml",
                                out.toString(),
                                settings.toString()),
                        Stream.of(arguments))
                .toList();
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("RLHF_HOME", folder.toString());
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(printed).isEqualTo(4);
        return printed;
    }
}
