package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rlhf.testing.ray.Hosts;
import dev.rlhf.testing.ray.LocalRayCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs as jobs of a real cluster of two hosts.
 *
 * <p>The hosts see neither this checkout nor each other's folder of Ray, nor a library that an earlier run has unpacked: what they have of
 * the program and of the data came with the job. They share the folder of the runs.
 */
class SubmitIT {
    private static final Pattern JOB = Pattern.compile("^job (\\S+) at ", Pattern.MULTILINE);

    @TempDir
    private static Path folder;

    private static LocalRayCluster cluster;
    private static Path recipe;
    private static RunFiles undisturbed;

    @BeforeAll
    static void startClusterAndRunHere() throws IOException {
        assumeThat(Hosts.canBeApart())
                .as("this machine lets nobody make mount namespaces, by which hosts without a shared checkout are made")
                .isTrue();
        cluster = LocalRayCluster.start(Path.of(System.getProperty("ray.environment")), 2, 2, Hosts.apart(hidden()));
        SmallRecipe small = new SmallRecipe(folder);
        Files.createDirectories(folder.resolve("data"));
        small.file(
                "data/rows.jsonl",
                IntStream.range(0, 64)
                        .mapToObj(i -> "{\"prompt\": \"" + "abcdefgh".charAt(i % 8) + ">\", \"completion\": \""
                                + "abcdefgh".charAt(i / 8) + "\"}\n")
                        .reduce("", String::concat));
        recipe = small.with("""
                stages:
                  - name: sft
                    kind: sft
                    steps: 40
                    batch-size: 4
                    data: {kind: completions, path: data/rows.jsonl, held-out: 8}
                  - name: grpo
                    kind: grpo
                    from: sft
                    steps: 10
                    prompts-per-step: 2
                    sampling: {samples-per-prompt: 2, max-tokens: 4}
                    data: {kind: spelling}
                    rewards: [{kind: position-match}]
                """);
        Path here = folder.resolve("here");
        try (RlhfProcess run =
                RlhfProcess.start(folder.resolve("here.log"), "run", recipe.toString(), "--out", here.toString())) {
            assertThat(run.exitCode()).as(run.printed()).isZero();
        }
        undisturbed = new RunFiles(here);
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void aRunOnHostsWithoutTheProjectIsTheRunOfThisMachine() throws IOException {
        Path out = folder.resolve("apart");
        try (RlhfProcess submit = submit(
                out,
                "--follow",
                "--set",
                "runtime=ray",
                "--set",
                "runtime.learner=[{name: node-1, amount: 1}]",
                "--set",
                "runtime.rollout=[{name: node-0, amount: 1}]")) {
            assertThat(submit.exitCode()).as(submit.printed()).isZero();
            assertThat(submit.printed()).contains("sending _ray_pkg_", "held-out", "is done; its run is in " + out);
        }
        undisturbed.assertEqual(new RunFiles(out));
        assertThat(node(out, "learner-0")).as("the learner's node").isNotEqualTo(node(out, "rollout-0"));

        // The cluster has everything by now.
        Path again = folder.resolve("again");
        try (RlhfProcess submit = submit(again, "--follow")) {
            assertThat(submit.exitCode()).as(submit.printed()).isZero();
            assertThat(submit.printed()).contains("the cluster has _ray_pkg_").doesNotContain("sending");
        }
        undisturbed.assertEqual(new RunFiles(again));
    }

    @Test
    void aJobOutlivesTheCommandThatSubmittedIt() throws IOException {
        Path out = folder.resolve("outlived");
        String job;
        try (RlhfProcess submit = submit(out, "--follow")) {
            submit.await("a step", () -> text(out.resolve("metrics.jsonl")).contains("\"step\":3,"));
            job = job(submit);
            submit.kill();
        }
        assertThat(say(0, "status", job)).contains("job " + job + " is running; its run is in " + out);
        assertThat(say(0, "logs", job, "--follow")).contains("run in " + out, "job " + job + " is done");
        assertThat(say(0, "status", job)).contains("job " + job + " is done");
        undisturbed.assertEqual(new RunFiles(out));
    }

    @Test
    void aStoppedJobGoesOnByTheCommandItTells() throws IOException {
        Path out = folder.resolve("stopped");
        String printed;
        try (RlhfProcess submit = submit(out, "--follow")) {
            submit.await("a step", () -> text(out.resolve("metrics.jsonl")).contains("\"step\":5,"));
            assertThat(say(0, "stop", job(submit))).contains("was stopped; go on with: ");
            assertThat(submit.exitCode()).as(submit.printed()).isEqualTo(143);
            printed = submit.printed();
        }
        assertThat(printed).contains("was stopped; go on with: ");
        try (RlhfProcess resumed = submit(out, "--resume", "--follow")) {
            assertThat(resumed.exitCode()).as(resumed.printed()).isZero();
            assertThat(resumed.printed()).contains("going on after step");
        }
        undisturbed.assertEqual(new RunFiles(out));
    }

    @Test
    void aDriverThatIsKilledIsALostJob() {
        Path out = folder.resolve("killed");
        try (RlhfProcess submit = submit(out, "--follow")) {
            submit.await("a step", () -> text(out.resolve("metrics.jsonl")).contains("\"step\":2,"));
            ProcessHandle.allProcesses()
                    .filter(process -> commandLine(process).contains("--out\0" + out)
                            && commandLine(process).contains("dev.rlhf.driver.command.Main\0run"))
                    .forEach(ProcessHandle::destroyForcibly);
            assertThat(submit.exitCode()).as(submit.printed()).isEqualTo(3);
            assertThat(submit.printed()).contains("was ended by signal 9", "; go on with: ", "--resume --out " + out);
        }
    }

    @Test
    void aMistakeThatOnlyTheClusterCanSeeIsTheUsers() {
        try (RlhfProcess submit = submit(folder.resolve("nowhere"), "--resume", "--follow")) {
            assertThat(submit.exitCode()).as(submit.printed()).isEqualTo(2);
            assertThat(submit.printed())
                    .contains("ended with exit code 2: there is no run to resume in " + folder.resolve("nowhere"));
        }
    }

    /** This checkout, and where DJL keeps what it has unpacked. */
    private static List<Path> hidden() {
        return Stream.of(RlhfProcess.HOME, Path.of(System.getProperty("user.home"), ".djl.ai"))
                .filter(Files::isDirectory)
                .toList();
    }

    private static RlhfProcess submit(Path out, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("submit", recipe.toString(), "--out", out.toString(), "--address", cluster.jobServer()));
        arguments.addAll(List.of(more));
        return RlhfProcess.start(
                folder.resolve(out.getFileName() + "-" + more.length + ".log"),
                Map.of(),
                arguments.toArray(String[]::new));
    }

    private static String say(int exitCode, String... words) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--address", cluster.jobServer()));
        Path log = Files.createTempFile(folder, "command", ".log");
        try (RlhfProcess command = RlhfProcess.start(log, arguments.toArray(String[]::new))) {
            assertThat(command.exitCode()).as(command.printed()).isEqualTo(exitCode);
            return command.printed();
        }
    }

    private static String job(RlhfProcess submit) {
        Matcher said = JOB.matcher(submit.printed());
        assertThat(said.find()).as(submit.printed()).isTrue();
        return said.group(1);
    }

    private static String node(Path out, String actor) {
        Matcher place = Pattern.compile("actor " + actor + " is process \\d+ on node \\S+ \\((\\w+)\\)")
                .matcher(text(out.resolve("rlhf.log")));
        assertThat(place.find()).as(actor).isTrue();
        return place.group(1);
    }

    private static String commandLine(ProcessHandle process) {
        return text(Path.of("/proc", String.valueOf(process.pid()), "cmdline"));
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
