package dev.rlhf.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.run.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * GRPO steps of the whole product (actors, embedded server over HTTP, learner, weight sync) beside TRL's GRPOTrainer, with
 * continuous batching or without, whichever is faster: 4 prompts × 8 samples × 64 new tokens.
 *
 * @param id its short name
 * @param name what the page calls it
 * @param shape the model's shape
 * @param promptLength tokens of a prompt
 * @param klBeta β of a k3 KL in the loss, or 0 for none
 * @param blocks how much is run
 * @param limit what the ratio must be
 */
record GrpoBenchmark(
        String id,
        String name,
        Shape shape,
        int promptLength,
        double klBeta,
        Comparison.Blocks blocks,
        Measurement.Limit limit)
        implements Benchmark.Alone {
    private static final int PROMPTS_PER_STEP = 4;
    private static final int SAMPLES = 8;
    private static final int NEW_TOKENS = 64;
    private static final double RATE = 1e-5;

    /** Samples differ, so entropies agree only as far as their mean over a step is certain. */
    private static final double TOLERANCE = 0.02;

    private static final String RECIPE = """
            name: grpo-benchmark
            threads: %1$d
            actors: {rollout: %1$d}
            model: {kind: directory, path: %2$s}
            stages:
              - name: grpo
                kind: grpo
                steps: 1000000
                prompts-per-step: %3$d
                sampling: {samples-per-prompt: %4$d, max-tokens: %5$d}
                data: {kind: prompts, path: %6$s, answer-key: answer}
                rewards: [{kind: position-match}]
                kl: {in: %8$s, estimator: k3, controller: {kind: fixed, beta: %9$s}}
                optimiser: {learning-rate: %7$s, schedule: constant}
            """;

    /** The cases that are measured: without a reference, as TRL sets it up, with one, as the method was published, and with long prompts. */
    static List<GrpoBenchmark> all() {
        Comparison.Blocks many = Comparison.Blocks.of(15, 4);
        Measurement.Limit small = new Measurement.Limit(false, 0.6, 0.3);
        return List.of(
                new GrpoBenchmark("grpo", "GRPO step, no KL charged", FullLengthModel.SMALL, 12, 0, many, small),
                new GrpoBenchmark(
                        "grpo-kl",
                        "GRPO step, k3 KL in the loss, β 0.04",
                        FullLengthModel.SMALL,
                        12,
                        0.04,
                        many,
                        small),
                new GrpoBenchmark(
                        "grpo-long-prompts",
                        "GRPO step, 25 M parameters, prompts of 256 tokens",
                        FullLengthModel.LARGE,
                        256,
                        0,
                        Comparison.Blocks.of(1, 1),
                        new Measurement.Limit(false, 0.4, 0.25)));
    }

    @Override
    public OurSide ours(Workplace workplace) {
        Path directory = workplace.folder(id);
        String recipe = RECIPE.formatted(
                workplace.threads(),
                FullLengthModel.write(shape, directory.resolve("model")),
                PROMPTS_PER_STEP,
                SAMPLES,
                NEW_TOKENS,
                prompts(directory),
                RATE,
                klBeta == 0 ? "none" : "loss",
                klBeta);
        return new Ours(StageUnderTest.open(recipe, directory.resolve("run")));
    }

    @Override
    public List<Measurement> measure(Workplace workplace) {
        Comparison.Blocks run = workplace.blocks(blocks);
        try (OurSide ours = ours(workplace);
                Peer plain = peer(workplace, false);
                Peer continuous = peer(workplace, true)) {
            List<Peer> peers = List.of(plain, continuous);
            Heats heats = Heats.among(peers, List.of("plain generation", "continuous batching"), run);
            Peer fastest = peers.get(heats.fastest());
            Comparison compared = Comparison.of(ours, fastest, run, Comparison.Agreement.within(TOLERANCE));
            return List.of(new Measurement(
                    name,
                    compared.shares(),
                    Measurement.milliseconds(compared.ours()),
                    Measurement.milliseconds(compared.peers()) + " (" + heats.words() + ")",
                    limit,
                    fastest.versions()));
        }
    }

    private Peer peer(Workplace workplace, boolean continuous) {
        Path directory = workplace.folder(id);
        String way = continuous ? "continuous" : "plain";
        ObjectNode settings = JsonNodeFactory.instance
                .objectNode()
                .put("model", directory.resolve("model").toString())
                .put("prompts", prompts(directory).toString())
                .put("prompts_per_step", PROMPTS_PER_STEP)
                .put("samples", SAMPLES)
                .put("prompt_tokens", promptLength)
                .put("tokens", NEW_TOKENS)
                .put("continuous", continuous)
                .put("rate", RATE)
                .put("beta", klBeta)
                .put("output", directory.resolve("trl-" + way).toString());
        return Peer.start(workplace, "grpo.py", settings, directory.resolve(way + ".log"));
    }

    /** The loop of a GRPO stage; a block's values are, step by step, length and entropy of the samples. */
    private static final class Ours implements OurSide {
        private final StageUnderTest stage;
        private int done;

        Ours(StageUnderTest stage) {
            this.stage = stage;
        }

        @Override
        public Block run(int steps) {
            double[] values = new double[2 * steps];
            long begin = System.nanoTime();
            for (int i = 0; i < steps; i++) {
                StepReport report = stage.loop().step(++done);
                values[2 * i] = report.metrics().getOrDefault("response_length", Double.NaN);
                values[2 * i + 1] = report.metrics().getOrDefault("entropy", Double.NaN);
            }
            return new Block((System.nanoTime() - begin) / 1e9, values);
        }

        @Override
        public void close() {
            stage.close();
        }
    }

    private Path prompts(Path directory) {
        RandomGenerator random = new Seed(2).random();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 256; i++) {
            ObjectNode row = JsonNodeFactory.instance.objectNode();
            row.put("prompt", FullLengthModel.text(random, promptLength))
                    .put("answer", FullLengthModel.text(random, NEW_TOKENS));
            lines.append(row).append('\n');
        }
        Path file = directory.resolve("prompts.jsonl");
        try {
            return Files.writeString(file, lines);
        } catch (IOException e) {
            throw FileFault.unwritten(file, e);
        }
    }
}
