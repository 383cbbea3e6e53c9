package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run's memory does not grow with its steps: SFT on rows of mixed lengths, then GRPO, whose samples share their prompts.
 *
 * <p>With {@code -Dlong.tests=true} 2,000 steps of either, else as many as a minute has.
 */
class ManyStepsIT {
    private static final boolean LONG = Boolean.getBoolean(RlhfProcess.LONG_TESTS);
    private static final int STEPS = LONG ? 2000 : 300;
    private static final int WARM = 100;
    private static final double GROWTH = 1.02;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long POLL_NANOS = 250_000_000;

    /** The heap is taken at the start, so that what grows is not Java's. */
    private static final Map<String, String> HEAP =
            Map.of("RLHF_JAVA_OPTIONS", "-Xms256m -Xmx256m -XX:+AlwaysPreTouch");

    @TempDir
    Path folder;

    /**
     * Memory while a stage runs.
     *
     * @param step steps of the stage that were done
     * @param mebibytes of memory that the process had then
     */
    private record Seen(String stage, int step, long mebibytes) {}

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void memoryStays(boolean recompute) throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "memory is measured by Linux");
        writeData();
        Path recipe = recipe(recompute);
        Path out = folder.resolve("run");
        List<Seen> seen = new ArrayList<>();
        try (RlhfProcess run =
                RlhfProcess.start(folder.resolve("log"), HEAP, "run", recipe.toString(), "--out", out.toString())) {
            while (run.isAlive()) {
                look(run, out.resolve("metrics.jsonl"), seen);
                LockSupport.parkNanos(POLL_NANOS);
            }
            assertThat(run.exitCode(Duration.ofMinutes(1))).as(run.printed()).isZero();
        }
        for (String stage : List.of("sft", "grpo")) {
            List<Seen> warm = seen.stream()
                    .filter(one -> one.stage().equals(stage) && one.step() >= WARM && one.step() < STEPS)
                    .toList();
            assertThat(warm).as(stage).hasSizeGreaterThan(2);
            long first = most(warm.subList(0, Math.max(1, warm.size() / 4)));
            long last = most(warm.subList(warm.size() - Math.max(1, warm.size() / 4), warm.size()));
            System.out.printf(
                    "recompute %s, %s, steps %d to %d: %d MiB, then %d MiB%n",
                    recompute,
                    stage,
                    warm.get(0).step(),
                    warm.get(warm.size() - 1).step(),
                    first,
                    last);
            assertThat((double) last / first)
                    .as("growth in %s, from %d MiB", stage, first)
                    .isLessThanOrEqualTo(GROWTH);
        }
    }

    private static long most(List<Seen> seen) {
        return seen.stream().mapToLong(Seen::mebibytes).max().orElseThrow();
    }

    private static void look(RlhfProcess run, Path metrics, List<Seen> seen) throws IOException {
        if (!Files.exists(metrics)) {
            return;
        }
        List<String> lines = Files.readAllLines(metrics);
        long resident = run.memory("VmRSS");
        if (!lines.isEmpty() && resident > 0) {
            int steps = lines.size() > STEPS ? lines.size() - STEPS : lines.size();
            seen.add(new Seen(lines.size() > STEPS ? "grpo" : "sft", steps, resident));
        }
    }

    /** Rows of 8 to 120 tokens, drawn anew at each step's place in the file. */
    private void writeData() throws IOException {
        Random random = new Random(11);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            // The longest come first, so that the memory for them is there when it counts.
            int length = i < 16 ? 110 : 4 + (int) (100 * Math.pow(random.nextDouble(), 3));
            rows.add(JSON.writeValueAsString(Map.of("prompt", text(random, 4), "completion", text(random, length))));
        }
        Files.write(folder.resolve("rows.jsonl"), rows);
        List<String> prompts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            prompts.add(JSON.writeValueAsString(Map.of("prompt", text(random, 20 + random.nextInt(30)))));
        }
        Files.write(folder.resolve("prompts.jsonl"), prompts);
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private Path recipe(boolean recompute) throws IOException {
        return Files.writeString(folder.resolve("many.yaml"), """
                name: many
                threads: 2
                recompute: %s
                model: {kind: random, hidden-size: 64, layers: 2, attention-heads: 2, key-value-heads: 1, head-size: 32, \
                intermediate-size: 128, context-length: 128, tokenizer: {kind: characters, alphabet: "abcdefghijklmnopqrstuvwxyz"}}
                checkpoint: {every-steps: 100000}
                stages:
                  - name: sft
                    kind: sft
                    steps: %d
                    batch-size: 8
                    data: {kind: completions, path: rows.jsonl}
                    optimiser: {learning-rate: 1e-4}
                    evaluation: null
                  - name: grpo
                    kind: grpo
                    from: sft
                    steps: %d
                    prompts-per-step: 2
                    sampling: {samples-per-prompt: 4, max-tokens: 12}
                    data: {kind: prompts, path: prompts.jsonl}
                    rewards: [{kind: length-penalty, buffer: 8}]
                    kl: {in: loss, controller: {kind: fixed, beta: 0.05}}
                    optimiser: {learning-rate: 1e-5}
                    evaluation: null
                """.formatted(recompute, STEPS, STEPS));
    }
}
