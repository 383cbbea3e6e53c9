package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service that the documentation shows scores a run's completions. */
@Timeout(300)
class ServiceRewardTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private @Nullable Process python;
    private int port;

    @BeforeEach
    void serve() throws IOException {
        Path script = Files.writeString(folder.resolve("judge.py"), DocumentedCode.of("rewards.md", "python"));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try {
            python = new ProcessBuilder("python3", script.toString(), String.valueOf(port))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("judge.log").toFile())
                    .start();
        } catch (IOException none) {
            assumeTrue(false, "there is no python3, so the service of docs/rewards.md is not run: " + none);
        }
    }

    @AfterEach
    void stop() {
        if (python != null) {
            python.destroyForcibly();
        }
    }

    @Test
    void twentyLinesOfPythonScoreARun() throws IOException {
        new SmallRecipe(folder)
                .with(SmallRecipe.SFT_THEN_GRPO.replace(
                        "[{kind: position-match}]",
                        "[{kind: http, name: judge, url: \"http://127.0.0.1:" + port + "/score\", batch-size: 3}]"));
        // The service may still be starting: what is asked too early is asked again.
        Invocation.of(
                        "run",
                        folder.resolve("small.yaml").toString(),
                        "--out",
                        folder.resolve("run").toString())
                .assertDone();

        List<String> lines = Files.readAllLines(folder.resolve("run/metrics.jsonl"));
        JsonNode last = JSON.readTree(lines.get(lines.size() - 1));
        assertThat(last.path("reward_judge").asDouble(Double.NaN)).isBetween(0.0, 1.0);
        assertThat(last.path("reward_mean")).isEqualTo(last.path("reward_judge"));
        assertThat(Files.readString(folder.resolve("judge.log"))).contains("POST /score");
    }
}
