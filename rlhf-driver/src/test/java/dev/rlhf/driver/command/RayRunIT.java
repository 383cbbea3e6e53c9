package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.testing.ray.LocalRayCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quickstart's recipe, shortened, by {@code ./rlhf run} on a real cluster of two nodes. */
class RayRunIT {
    private static final double TOLERANCE = 1e-5;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static LocalRayCluster cluster;
    private static Path inProcess;

    @BeforeAll
    static void startClusterAndRunInProcess() {
        cluster = LocalRayCluster.start(Path.of(System.getProperty("ray.environment")), 2, 2);
        inProcess = folder.resolve("in-process");
        try (RlhfProcess run = run(inProcess)) {
            assertThat(run.exitCode()).as(run.printed()).isZero();
        }
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Test
    void aRunOnTwoNodesGivesTheNumbersOfARunInOneProcess() throws IOException {
        Path onRay = folder.resolve("on-ray");
        try (RlhfProcess run = run(onRay, "runtime=ray", "runtime.address=" + cluster.address())) {
            assertThat(run.exitCode()).as(run.printed()).isZero();
        }
        assertSameNumbers(onRay);
        assertThat(nodes(onRay)).as("nodes that held actors").hasSize(2);
    }

    @Test
    void killedProcessesOfAllRolesLeaveTheNumbersAsTheyWere() throws IOException {
        Path onRay = folder.resolve("killed");
        try (RlhfProcess run = run(onRay, "runtime=ray", "runtime.address=" + cluster.address())) {
            kill(run, onRay, "rollout-0", "\"ppo\",\"step\":1,");
            kill(run, onRay, "reward-0", "\"ppo\",\"step\":3,");
            kill(run, onRay, "learner-0", "\"grpo\",\"step\":2,");
            assertThat(run.exitCode()).as(run.printed()).isZero();
            assertThat(run.printed()).contains("actor learner-0 was lost");
        }
        for (String actor : List.of("rollout-0", "reward-0", "learner-0")) {
            assertThat(processes(onRay, actor)).as("processes of " + actor).hasSizeGreaterThan(1);
        }
        assertSameNumbers(onRay);
    }

    @Test
    void aMachineWithoutRayIsToldHowToInstallIt() {
        Path out = folder.resolve("without-ray");
        try (RlhfProcess run = run("/nowhere/python", out, "runtime=ray")) {
            assertThat(run.exitCode()).as(run.printed()).isEqualTo(2);
            assertThat(run.printed())
                    .contains("pip install 'ray[default]==2.60.0'")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void controlCEndsARunOnRayAtOnceAndThePastedCommandGoesOn() throws IOException {
        Path onRay = folder.resolve("stopped");
        Map<String, String> environment =
                Map.of("RLHF_RAY_PYTHON", cluster.python().toString());
        try (RlhfProcess run = RlhfProcess.startInTerminal(
                80,
                folder.resolve("stopped.log"),
                environment,
                arguments(onRay, "runtime=ray", "runtime.address=" + cluster.address()))) {
            run.await(
                    "a step of PPO", () -> text(onRay.resolve("metrics.jsonl")).contains("\"ppo\",\"step\":2,"));
            long sent = System.nanoTime();
            run.type("\u0003");
            assertThat(run.exitCode()).as(run.printed()).isEqualTo(130);
            assertThat(Duration.ofNanos(System.nanoTime() - sent)).isLessThan(Duration.ofSeconds(2));
            try (RlhfProcess resumed = run.pasteHint(folder.resolve("pasted.log"), environment)) {
                assertThat(resumed.exitCode()).as(resumed.printed()).isZero();
                assertThat(resumed.printed()).contains("going on after step");
            }
        }
        assertSameNumbers(onRay);
    }

    private static RlhfProcess run(Path out, String... settings) {
        return run(cluster.python().toString(), out, settings);
    }

    private static RlhfProcess run(String python, Path out, String... settings) {
        return RlhfProcess.start(
                folder.resolve(out.getFileName() + ".log"),
                Map.of("RLHF_RAY_PYTHON", python),
                arguments(out, settings));
    }

    private static String[] arguments(Path out, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "run", RlhfProcess.HOME.resolve("recipes/quickstart.yaml").toString(), "--out", out.toString()));
        Stream.concat(
                        Stream.of(
                                "checkpoint.every-steps=2",
                                "stages.sft.steps=6",
                                "stages.reward-model.steps=6",
                                "stages.reward-model.data.pairs=200",
                                "stages.reward-model.data.held-out-pairs=50",
                                "stages.ppo.steps=5",
                                "stages.grpo.steps=5"),
                        Arrays.stream(settings))
                .forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return arguments.toArray(String[]::new);
    }

    /** kill -9 of the process an actor lives in, once a step is written that the run cannot end with. */
    private static void kill(RlhfProcess run, Path out, String actor, String step) {
        run.await(step, () -> text(out.resolve("metrics.jsonl")).contains(step));
        List<Long> processes = processes(out, actor);
        assertThat(ProcessHandle.of(processes.get(processes.size() - 1))
                        .orElseThrow()
                        .destroyForcibly())
                .as("kill -9 of %s", actor)
                .isTrue();
    }

    private static List<Long> processes(Path out, String actor) {
        return Pattern.compile("actor " + actor + " is process (\\d+)")
                .matcher(text(out.resolve("rlhf.log")))
                .results()
                .map(match -> Long.parseLong(match.group(1)))
                .toList();
    }

    private static List<String> nodes(Path out) {
        return Pattern.compile("is process \\d+ on node \\S+ \\((\\w+)\\)")
                .matcher(text(out.resolve("rlhf.log")))
                .results()
                .map((MatchResult match) -> match.group(1))
                .distinct()
                .toList();
    }

    private static void assertSameNumbers(Path onRay) throws IOException {
        List<String> expected = new RunFiles(inProcess).metrics();
        List<String> actual = new RunFiles(onRay).metrics();
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertSame("line " + (i + 1), JSON.readTree(actual.get(i)), JSON.readTree(expected.get(i)));
        }
        assertSame("summary", new RunFiles(onRay).summary(), new RunFiles(inProcess).summary());
    }

    private static void assertSame(String place, JsonNode actual, JsonNode expected) {
        if (expected.isNumber()) {
            assertThat(actual.doubleValue())
                    .as(place)
                    .isCloseTo(
                            expected.doubleValue(), within(TOLERANCE * Math.max(1, Math.abs(expected.doubleValue()))));
        } else if (expected.isContainerNode()) {
            assertThat(actual).as(place).hasSameSizeAs(expected);
            expected.properties()
                    .forEach(field ->
                            assertSame(place + "." + field.getKey(), actual.path(field.getKey()), field.getValue()));
            for (int i = 0; expected.isArray() && i < expected.size(); i++) {
                assertSame(place + "[" + i + "]", actual.path(i), expected.get(i));
            }
        } else {
            assertThat(actual).as(place).isEqualTo(expected);
        }
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
