package dev.rlhf.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.actors.RolloutClient;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.WeightSnapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Greedy completions of 32 prompts by the embedded servers, asked by the rollout actors over HTTP, beside transformers in its own
 * process: same weights, same prompts, same tokens.
 */
record GenerationBenchmark() implements Benchmark.Alone {
    private static final int PROMPTS = 32;
    private static final int PROMPT_LENGTH = 16;
    private static final int NEW_TOKENS = 64;
    /** Greedy tokens part for good where two logits are equal up to float32's rounding, which may happen to a completion or two. */
    private static final double SAME = 0.95;

    private static final String RECIPE = """
            name: generation-benchmark
            threads: %1$d
            actors: {rollout: %1$d}
            model: {kind: directory, path: %2$s}
            stages:
              - name: sft
                kind: sft
                steps: 1
                data: {kind: spelling}
            """;

    @Override
    public String id() {
        return "generation";
    }

    @Override
    public Comparison.Blocks blocks() {
        return Comparison.Blocks.of(5, 4);
    }

    @Override
    public OurSide ours(Workplace workplace) {
        Path directory = workplace.folder(id());
        Path model = FullLengthModel.write(FullLengthModel.SMALL, directory.resolve("model"));
        StageUnderTest.Actors actors =
                StageUnderTest.actors(RECIPE.formatted(workplace.threads(), model), directory.resolve("run"));
        actors.rollouts().publish(new WeightSnapshot(model, new WeightVersion(0), null));
        return new Ours(actors);
    }

    @Override
    public List<Measurement> measure(Workplace workplace) {
        List<Measurement> measured = new ArrayList<>();
        try (OurSide ours = ours(workplace)) {
            measured.add(beside(ours, true, Optional.of(new Measurement.Limit(true, 2, 4)), workplace));
            measured.add(beside(ours, false, Optional.empty(), workplace));
        }
        return measured;
    }

    private Measurement beside(
            OurSide ours, boolean continuous, Optional<Measurement.Limit> limit, Workplace workplace) {
        Path directory = workplace.folder(id());
        String call = continuous ? "generate_batch" : "generate";
        ObjectNode settings = JsonNodeFactory.instance
                .objectNode()
                .put("model", directory.resolve("model").toString())
                .put(
                        "prompts",
                        Workplace.write(directory.resolve("prompts.json"), json())
                                .toString())
                .put("tokens", NEW_TOKENS)
                .put("continuous", continuous);
        try (Peer peer = Peer.start(workplace, "generation.py", settings, directory.resolve(call + ".log"))) {
            Comparison compared =
                    Comparison.of(ours, peer, workplace.blocks(blocks()), Comparison.Agreement.sharing(SAME));
            return new Measurement(
                    "generation, 32 × 64 tokens, greedy, ÷ transformers' " + call,
                    compared.speedups(),
                    rate(compared.ours()),
                    rate(compared.peers()),
                    limit,
                    peer.versions());
        }
    }

    private static String rate(double[] seconds) {
        return String.format(Locale.ROOT, "%,.0f tokens/s", PROMPTS * NEW_TOKENS / Measurement.median(seconds));
    }

    private static List<Prompt> prompts() {
        RandomGenerator random = new Seed(4).random();
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < PROMPTS; i++) {
            // Ids 0 and 1 are no characters.
            int[] tokens = random.ints(PROMPT_LENGTH, 2, 70).toArray();
            prompts.add(new Prompt("prompt-" + i, "", tokens, Map.of()));
        }
        return prompts;
    }

    private static ArrayNode json() {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        prompts().forEach(prompt -> Workplace.add(json.addArray(), prompt.tokens()));
        return json;
    }

    /** The rollout actors; a block's values are the tokens of its last step. */
    private static final class Ours implements OurSide {
        private final StageUnderTest.Actors actors;

        Ours(StageUnderTest.Actors actors) {
            this.actors = actors;
        }

        @Override
        public Block run(int steps) {
            RolloutClient engine = actors.rollouts();
            List<Prompt> prompts = prompts();
            List<RolloutGroup> groups = List.of();
            long begin = System.nanoTime();
            for (int i = 0; i < steps; i++) {
                groups = engine.generate(prompts, SamplingParams.greedy(NEW_TOKENS), new Seed(5));
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            double[] tokens = groups.stream()
                    .flatMapToInt(
                            group -> Arrays.stream(group.completions().get(0).tokens()))
                    .asDoubleStream()
                    .toArray();
            return new Block(seconds, tokens);
        }

        @Override
        public void close() {
            actors.close();
        }
    }
}
