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
        stub("rlhf", "[ \"$1\" != check ] || exit 0\nprintf '%s|' \"$@\"\nexit 4");
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
    void itGoesOnWithARunThatHasBegunWithoutAnotherCheck() throws Exception {
        Files.createDirectories(out);
        assertThat(run()).doesNotContain("--resume");
        Files.createFile(out.resolve("resolved.yaml"));
        stub("rlhf", "[ \"$1\" != check ] || exit 2\nprintf '%s|' \"$@\"\nexit 4");
        assertThat(run()).startsWith("run|/etc/recipe.yaml|--out|" + out + "|--resume|--set|runtime=ray|");
    }

    @Test
    void aRecipeThatIsRefusedStopsTheJobInsteadOfFailingIt() throws Exception {
        stub("rlhf", "echo \"$@\" >>asked; [ \"$1\" != check ] || { echo refused >&2; exit 2; }");
        stub("ray", "echo \"$@\" >stopped; kill -TERM $PPID");
        Ended ended = execute();
        assertThat(ended.printed()).isEqualTo("refused\n");
        assertThat(ended.exitCode()).as("by the signal of the stop").isEqualTo(143);
        assertThat(folder.resolve("stopped")).hasContent("job stop --address http://127.0.0.1:8265 --no-wait demo-x1");
        assertThat(folder.resolve("asked"))
                .content()
                .startsWith("check /etc/recipe.yaml --set runtime=ray --set ")
                .hasLineCount(1);
    }

    @Test
    void whereTheJobCannotBeStoppedItFails() throws Exception {
        stub("rlhf", "exit 2");
        stub("ray", "exit 1");
        assertThat(execute().exitCode()).isEqualTo(2);
    }

    /** The run says itself what it lacks, and may find it in another try. */
    @Test
    void aCheckThatFailsOtherwiseStopsNothing() throws Exception {
        stub("rlhf", "[ \"$1\" != check ] || exit 3\nprintf '%s|' \"$@\"\nexit 4");
        assertThat(run()).startsWith("run|/etc/recipe.yaml|--out|" + out + "|--set|runtime=ray|");
    }

    private void stub(String name, String script) throws IOException {
        Path stub = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script + "\n");
        assertThat(stub.toFile().setExecutable(true)).isTrue();
    }

    /** What the launcher was given; its exit code is the script's. */
    private String run(String... arguments) throws Exception {
        Ended ended = execute(arguments);
        assertThat(ended.exitCode()).as(ended.printed()).isEqualTo(4);
        return ended.printed();
    }

    private record Ended(int exitCode, String printed) {}

    private Ended execute(String... arguments) throws Exception {
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
        builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        builder.environment()
                .put(
                        "RAY_JOB_CONFIG_JSON_ENV_VAR",
                        "{\"runtime_env\": {}, \"metadata\": {\"job_submission_id\": \"demo-x1\", \"job_name\": \"other\"}}");
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), printed);
    }
}
