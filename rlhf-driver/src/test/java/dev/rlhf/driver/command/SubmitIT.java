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
import java.util.stream.Collectors;
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
    private static final String SECOND_HOST = "127.0.0.2";
    private static final String THIRD_HOST = "127.0.0.3";
    private static final String FOURTH_HOST = "127.0.0.4";
    private static final Pattern JOB = Pattern.compile("^job (\\S+) at ", Pattern.MULTILINE);

    @TempDir
    private static Path folder;

    private static LocalRayCluster cluster;
    private static Path recipe;
    private static RunFiles undisturbed;

    /** The directory of the first job of the cluster, and what was said of it. */
    private static Path first;

    private static String saidOfFirst;

    @BeforeAll
    static void startClusterAndRunHereAndThere() throws IOException {
        assumeThat(Hosts.canBeApart())
                .as("this machine lets nobody make mount namespaces, by which hosts without a shared checkout are made")
                .isTrue();
        recipe = recipe();
        Path here = folder.resolve("here");
        first = folder.resolve("first");
        try (RlhfProcess run =
                RlhfProcess.start(folder.resolve("here.log"), "run", recipe.toString(), "--out", here.toString())) {
            cluster =
                    LocalRayCluster.start(Path.of(System.getProperty("ray.environment")), 2, 2, Hosts.apart(hidden()));
            try (RlhfProcess submit = submit(
                    first,
                    "--follow",
                    "--set",
                    "runtime=ray",
                    "--set",
                    "runtime.learner=[{name: node-1, amount: 1}]",
                    "--set",
                    "runtime.rollout=[{name: node-0, amount: 1}]")) {
                assertThat(submit.exitCode()).as(submit.printed()).isZero();
                saidOfFirst = submit.printed();
            }
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
        assertThat(saidOfFirst)
                .contains("sending _ray_pkg_", "held-out", "is done; its run is in " + first)
                .doesNotContain("the cluster has _ray_pkg_");
        undisturbed.assertEqual(new RunFiles(first));
        assertThat(hosts(first, "learner-0")).as("where the learner lived").containsExactly(SECOND_HOST);
        assertThat(hosts(first, "rollout-0"))
                .as("where the rollout actor lived")
                .hasSize(1)
                .doesNotContain(SECOND_HOST);
    }

    @Test
    void aJobIsNotSentAgainAndOutlivesTheCommandThatSubmittedIt() throws IOException {
        Path out = folder.resolve("outlived");
        String job;
        try (RlhfProcess submit = submit(out, "--follow")) {
            submit.await("a step", () -> text(out.resolve("metrics.jsonl")).contains("\"step\":3,"));
            assertThat(submit.printed()).contains("the cluster has _ray_pkg_").doesNotContain("sending");
            job = job(submit);
            submit.interrupt();
            assertThat(submit.exitCode()).as(submit.printed()).isEqualTo(143);
            assertThat(submit.printed())
                    .contains("job " + job + " goes on in its cluster", "rlhf stop " + job + " --address ")
                    .doesNotContain("go on with");
        }
        assertThat(say(0, "status", job)).contains("job " + job + " is running; its run is in " + out);
        assertThat(say(0, "logs", job, "--follow")).contains("run in " + out, "job " + job + " is done");
        assertThat(say(0, "status", job)).contains("job " + job + " is done");
        undisturbed.assertEqual(new RunFiles(out));
    }

    @Test
    void theActorsOfALostHostComeBackOnAnotherAndLeaveTheNumbersAsTheyWere() throws IOException {
        Path out = folder.resolve("lost-host");
        int third = cluster.addNode(2, "spare");
        try (RlhfProcess submit = submit(
                out,
                "--follow",
                "--set",
                "runtime=ray",
                "--set",
                "runtime.learner=[{name: spare, amount: 1}]",
                "--set",
                "runtime.reward=[{name: spare, amount: 1}]")) {
            submit.await("a step", () -> text(out.resolve("metrics.jsonl")).contains("\"step\":3,"));
            cluster.killNode(third);
            // Only now is there another place for them, and one that has never had anything of the job.
            cluster.addNode(2, "spare");
            assertThat(submit.exitCode()).as(submit.printed()).isZero();
            assertThat(submit.printed()).contains("actor learner-0 was lost");
        }
        assertThat(hosts(out, "learner-0")).as("where the learner lived").containsExactly(THIRD_HOST, FOURTH_HOST);
        assertThat(hosts(out, "reward-0")).as("where the reward actor lived").endsWith(FOURTH_HOST);
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
    void aMistakeThatOnlyTheClusterCanSeeIsTheUsers() throws IOException {
        Files.createDirectories(folder.resolve("nowhere"));
        try (RlhfProcess submit = submit(folder.resolve("nowhere"), "--resume", "--follow")) {
            assertThat(submit.exitCode()).as(submit.printed()).isEqualTo(2);
            assertThat(submit.printed())
                    .contains("ended with exit code 2: there is no run to resume in " + folder.resolve("nowhere"));
        }
        // Whoever does not follow it is told that it is submitted, and by status what became of it.
        String job;
        try (RlhfProcess submit = submit(folder.resolve("nowhere"), "--resume")) {
            assertThat(submit.exitCode()).as(submit.printed()).isZero();
            job = job(submit);
        }
        assertThat(say(2, "logs", job, "--follow")).contains("ended with exit code 2: there is no run to resume");
        assertThat(say(2, "status", job))
                .isEqualTo("job " + job + " ended with exit code 2: there is no run to resume in "
                        + folder.resolve("nowhere") + "; leave --resume out\n");
    }

    @Test
    void aDirectoryThatHoldsARunIsNotTrainedAgain() throws IOException {
        try (RlhfProcess submit = submit(first, "--set", "seed=7")) {
            assertThat(submit.exitCode()).as(submit.printed()).isEqualTo(2);
            assertThat(submit.printed())
                    .contains(first + " holds a run already; add --resume to go on with it")
                    .doesNotContain("job ");
        }
        undisturbed.assertEqual(new RunFiles(first));
    }

    private static Path recipe() throws IOException {
        SmallRecipe small = new SmallRecipe(folder);
        Files.createDirectories(folder.resolve("data"));
        small.file(
                "data/rows.jsonl",
                IntStream.range(0, 64)
                        .mapToObj(i -> "{\"prompt\": \"" + "abcdefgh".charAt(i % 8) + ">\", \"completion\": \""
                                + "abcdefgh".charAt(i / 8) + "\"}\n")
                        .collect(Collectors.joining()));
        return small.with("""
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

    /** The addresses of the hosts that an actor lived on, one after the other. */
    private static List<String> hosts(Path out, String actor) {
        return Pattern.compile("actor " + actor + " is process \\d+ on node (\\S+) ")
                .matcher(text(out.resolve("rlhf.log")))
                .results()
                .map(found -> found.group(1))
                .toList();
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
