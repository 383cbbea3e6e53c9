package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rlhf.learner.engine.AvailableMemory;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Qwen 3 of half a billion parameters, random, learns on one machine, and is written elsewhere as here.
 *
 * <p>Asked for by {@code -Dlong.tests=true}: it takes 5 minutes on two cores that do nothing else, and 24 GB of disk.
 */
class RealSizeIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MEMORY = 16L << 30;
    private static final long DISK = 24L << 30;
    private static final long MOST_MEBIBYTES = 14 << 10;
    private static final int STEPS = 3;
    private static final long POLL_NANOS = 500_000_000;
    private static final String SHAPE = """
            {"model_type": "qwen3", "vocab_size": 151936, "hidden_size": 896, "num_hidden_layers": 24, "num_attention_heads": 14,
             "num_key_value_heads": 2, "head_dim": 64, "intermediate_size": 4864, "max_position_embeddings": 32768,
             "rms_norm_eps": 1e-6, "rope_theta": 1000000.0, "tie_word_embeddings": true, "hidden_act": "silu", "attention_bias": false}
            """;

    @TempDir
    Path folder;

    @Test
    void halfABillionParametersLearnAndLeave() throws IOException, InterruptedException {
        assumeTrue(Boolean.getBoolean(RlhfProcess.LONG_TESTS), "asked for by -D" + RlhfProcess.LONG_TESTS + "=true");
        // Who asks for it is not to take a test that did not run for one that held.
        assertThat(AvailableMemory.fits(MEMORY) && Files.getFileStore(folder).getUsableSpace() > DISK)
                .as("18 GiB of free memory and 24 GiB of disk are there")
                .isTrue();
        Path run = folder.resolve("run");
        HttpServer judge = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        judge.createContext("/", RealSizeIT::score);
        judge.start();
        try {
            Path recipe = recipe(judge.getAddress().getPort());
            assertThat(most(run, recipe)).as("MiB").isLessThan(MOST_MEBIBYTES);
        } finally {
            judge.stop(0);
        }
        assertLearnt(run);

        Path export = folder.resolve("export");
        Invocation.of("export", run.toString(), "--to", export.toString()).assertDone();
        List<List<Integer>> prompts = List.of(List.of(11, 151_000, 13, 7), List.of(99), List.of(70_000, 2, 2, 5, 41));
        Greedy ours = Greedy.ofOurs(export, prompts, 16);
        Map<String, Greedy> others = Greedy.ofOthers(List.of(export), prompts, 16, folder);
        for (String by : List.of("transformers", "vllm")) {
            Greedy theirs = Objects.requireNonNull(others.get(by + " " + export), by);
            assertThat(theirs.refused()).as(by).isEmpty();
            assertThat(ours.tokens()).as(by).hasSize(prompts.size()).isEqualTo(theirs.tokens());
            System.out.printf("%s: equal tokens, log-probs %.1e apart%n", by, ours.gap(theirs));
        }
    }

    /** Runs the recipe; returns the most memory it had, in MiB. */
    private long most(Path run, Path recipe) {
        long most = 0;
        try (RlhfProcess process =
                RlhfProcess.start(folder.resolve("log"), "run", recipe.toString(), "--out", run.toString())) {
            while (process.isAlive()) {
                most = Math.max(most, process.memory("VmHWM"));
                LockSupport.parkNanos(POLL_NANOS);
            }
            assertThat(process.exitCode(Duration.ofMinutes(1)))
                    .as(process.printed())
                    .isZero();
        }
        System.out.printf("most memory: %d MiB%n", most);
        return most;
    }

    private static void assertLearnt(Path run) throws IOException {
        List<JsonNode> steps = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            steps.add(JSON.readTree(line));
            System.out.println(line);
        }
        assertThat(steps).hasSize(2 * STEPS);
        assertThat(steps.get(STEPS - 1).path("loss").asDouble())
                .isLessThan(steps.get(0).path("loss").asDouble());
        assertThat(steps.subList(STEPS, 2 * STEPS)).allSatisfy(step -> {
            assertThat(step.path("rollout_gap").asDouble(1)).isLessThanOrEqualTo(2e-6);
            assertThat(step.path("grad_norm").asDouble()).isPositive();
        });
    }

    private Path recipe(int port) throws IOException {
        Files.writeString(folder.resolve("shape.json"), SHAPE);
        String words = " the baker makes loaves in the morning and twice as many before night";
        List<String> rows = IntStream.range(0, 20)
                .mapToObj(i -> "{\"prompt\": \"" + i + words + "?\", \"completion\": \""
                        + words.repeat(1 + i % 3).strip() + "\"}")
                .toList();
        Files.write(folder.resolve("rows.jsonl"), rows);
        return Files.writeString(folder.resolve("recipe.yaml"), """
                name: real-size
                threads: 2
                recompute: true
                deadline-seconds: 1800
                model: {kind: initialised, config: shape.json, tokenizer: {kind: bytes}}
                generation: {kind: embedded, threads: 2}
                checkpoint: {keep: 1}
                stages:
                  - name: sft
                    kind: sft
                    steps: %d
                    batch-size: 4
                    data: {kind: completions, path: rows.jsonl}
                    optimiser: {learning-rate: 1e-4}
                    evaluation: null
                  - name: grpo
                    kind: grpo
                    from: sft
                    steps: %d
                    prompts-per-step: 2
                    sampling: {samples-per-prompt: 4, max-tokens: 16}
                    data: {kind: prompts, path: rows.jsonl}
                    rewards: [{kind: http, name: odd, url: "http://127.0.0.1:%d/", token-ids: true}]
                    optimiser: {learning-rate: 1e-5}
                    evaluation: null
                """.formatted(STEPS, STEPS, port));
    }

    /** The share of odd token ids: what a random model writes differs in it, so that there is something to learn. */
    private static void score(HttpExchange exchange) throws IOException {
        JsonNode request = JSON.readTree(exchange.getRequestBody());
        List<Double> scores = new ArrayList<>();
        for (JsonNode one : request.path("completions")) {
            JsonNode tokens = one.path("response_token_ids");
            int odd = 0;
            for (JsonNode token : tokens) {
                odd += token.asInt() % 2;
            }
            scores.add(odd / (double) Math.max(1, tokens.size()));
        }
        byte[] answer = JSON.writeValueAsBytes(Map.of("scores", scores));
        exchange.sendResponseHeaders(200, answer.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(answer);
        }
    }
}
