package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokenResourceTest {
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
    void aMetricsPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = String.valueOf(taken.getLocalPort());
            recipe.run("--metrics-port", port)
                    .assertRefused(USER, "cannot listen on port " + port, "choose another --metrics-port");
        }
        recipe.run("--metrics-port", "70000").assertRefused(USER, "--metrics-port must be from 0 to 65535, not 70000");
        assertThat(recipe.run("--metrics-port", "0").assertDone().out()).contains("metrics at http://localhost:");
    }

    @Test
    void aServePortInUseIsNamed() throws IOException {
        Path model = folder.resolve("model");
        Invocation.of("init", folder.resolve("small.yaml").toString(), "--to", model.toString())
                .assertDone();
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String port = String.valueOf(taken.getLocalPort());
            Invocation.of("serve", model.toString(), "--port", port)
                    .assertRefused(USER, "cannot listen on 127.0.0.1:" + port, "choose another --port");
        }
        Invocation.of("serve", model.toString(), "--port", "-1")
                .assertRefused(USER, "the port must be from 0 to 65535, not -1");
    }

    /** Found before anything is trained, though the first stage needs no server. */
    @Test
    void aGenerationServerThatRefusesConnectionsIsNamedInTime() throws IOException {
        String endpoint = "http://127.0.0.1:" + freePort();
        recipe.text(SmallRecipe.HEAD + "deadline-seconds: 4\ngeneration: {kind: vllm, endpoints: ['" + endpoint
                + "']}\n" + SmallRecipe.SFT_THEN_GRPO);
        Instant begin = Instant.now();

        Invocation refused = recipe.run();

        refused.assertRefused(
                ErrorKind.RESOURCE.exitCode(), "generation server " + endpoint, "/health", "tried for 2 s");
        assertThat(refused.out()).contains("waiting for the generation servers [" + endpoint + "]");

        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(30));
        assertThat(recipe.out().resolve("metrics.jsonl")).doesNotExist();
    }

    @Test
    void numbersThatAreNotFiniteStopTheRunAtItsLastCheckpoint() throws IOException {
        recipe.text(SmallRecipe.HEAD.replace("every-steps: 2", "every-steps: 1")
                + SmallRecipe.SFT.replace("steps: 6", "steps: 200, optimiser: {learning-rate: 1e20}"));

        Invocation stopped = recipe.run();

        stopped.assertRefused(
                ErrorKind.DIVERGED.exitCode(),
                "stage sft, step ",
                "its batch is in " + recipe.out().resolve("diverged-batch.json") + "; the checkpoints are as they were",
                "lower stages.sft.optimiser.learning-rate");
        List<String> steps = Files.readAllLines(recipe.out().resolve("metrics.jsonl"));
        assertThat(stopped.err()).contains("step " + (steps.size() + 1) + ": ");
        recipe.run("--resume").assertRefused(ErrorKind.DIVERGED.exitCode(), "step " + (steps.size() + 1) + ": ");
    }

    /** The weights are finite, what is computed with them is not. */
    @Test
    void anEvaluationWhoseNumbersAreNotFiniteStopsTheRunAtOnce() {
        recipe.text(SmallRecipe.HEAD
                + SmallRecipe.SFT.replace(
                        "steps: 6",
                        "steps: 1, optimiser: {learning-rate: 1e15},"
                                + " evaluation: {data: {kind: spelling, split: held-out}, max-tokens: 8}"));
        Instant begin = Instant.now();

        recipe.run()
                .assertRefused(
                        ErrorKind.DIVERGED.exitCode(),
                        "stage sft, evaluation after step 1: ",
                        "instead of a finite number",
                        "learning-rate");

        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofMinutes(2));
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }
}
