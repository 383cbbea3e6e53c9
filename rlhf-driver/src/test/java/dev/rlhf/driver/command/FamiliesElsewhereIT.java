package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A model of every family that learnt here is written by transformers and by a real vLLM as it is by our server. */
class FamiliesElsewhereIT {
    private static final int TOKENS = 12;
    private static final double GAP = 1e-4;

    /** What vLLM refuses, with its words. */
    private static final Map<String, String> REFUSED =
            Map.of("qwen2_sliding", "Sliding window for some but all layers is not supported");

    private static final List<List<Integer>> PROMPTS = List.of(
            List.of(5),
            List.of(3, 9, 11, 2),
            List.of(7, 8, 1, 30, 22, 4, 12, 36, 9, 3, 3, 17),
            List.of(1, 33),
            List.of(21, 20, 19),
            List.of(13, 12, 11, 10, 9, 8));

    @TempDir
    static Path folder;

    private static Map<String, Greedy> others = new HashMap<>();

    static List<String> names() throws IOException {
        return WideFamily.names();
    }

    @BeforeAll
    static void trainAndAsk() throws IOException, InterruptedException {
        List<Path> exports = new ArrayList<>();
        for (String name : names()) {
            exports.add(trained(name));
        }
        others = Greedy.ofOthers(exports, PROMPTS, TOKENS, folder);
    }

    /** The export of a run of one step. */
    private static Path trained(String name) throws IOException {
        WideFamily.write(name, folder.resolve(name + "-start"));
        Path recipe = Files.writeString(folder.resolve(name + ".yaml"), """
                name: elsewhere
                model: {kind: directory, path: %s-start}
                stages:
                  - name: sft
                    kind: sft
                    steps: 1
                    batch-size: 4
                    data: {kind: spelling}
                    optimiser: {learning-rate: 1e-2, warmup-steps: 0}
                    evaluation: null
                """.formatted(name));
        Path run = folder.resolve(name + "-run");
        Invocation.of("run", recipe.toString(), "--out", run.toString()).assertDone();
        Invocation.of("export", run.toString(), "--to", folder.resolve(name).toString())
                .assertDone();
        return folder.resolve(name);
    }

    @ParameterizedTest
    @MethodSource("names")
    void transformersWritesTheSame(String name) throws IOException, InterruptedException {
        assertSame(name, "transformers");
    }

    @ParameterizedTest
    @MethodSource("names")
    void vllmWritesTheSame(String name) throws IOException, InterruptedException {
        if (REFUSED.containsKey(name)) {
            assertThat(by("vllm", name).refused()).contains(REFUSED.get(name));
        } else {
            assertSame(name, "vllm");
        }
    }

    private static Greedy by(String engine, String name) {
        return Objects.requireNonNull(others.get(engine + " " + folder.resolve(name)), "nothing was said of " + name);
    }

    private static void assertSame(String name, String engine) throws IOException, InterruptedException {
        Greedy ours = Greedy.ofOurs(folder.resolve(name), PROMPTS, TOKENS);
        Greedy theirs = by(engine, name);
        assertThat(theirs.refused()).isEmpty();
        assertThat(ours.tokens()).hasSize(PROMPTS.size()).isEqualTo(theirs.tokens());
        System.out.printf("%s, %s: log-probs %.1e apart%n", name, engine, ours.gap(theirs));
        assertThat(ours.gap(theirs)).isLessThan(GAP);
    }
}
