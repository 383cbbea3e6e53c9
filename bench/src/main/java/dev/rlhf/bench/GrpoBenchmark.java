package dev.rlhf.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.run.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * GRPO steps of the whole product (actors, embedded server over HTTP, learner, weight sync) beside TRL's GRPOTrainer: 4 prompts × 8
 * samples × 64 new tokens on a Llama of 0.63 million parameters.
 *
 * @param klBeta β of a k3 KL in the loss, or 0 for none
 */
record GrpoBenchmark(double klBeta) {
    private static final int STEPS = 4;
    private static final int WARM_UP = 15;
    private static final int PROMPTS_PER_STEP = 4;
    private static final int SAMPLES = 8;
    private static final int NEW_TOKENS = 64;
    private static final int PROMPT_LENGTH = 12;
    private static final double RATE = 1e-5;

    /** Samples differ, so entropies agree only as far as their mean over a step is certain. */
    private static final double TOLERANCE = 0.02;

    private static final String ALPHABET =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;!?+-*/=>";

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

    /** The cases that are measured: without a reference, as TRL sets it up, and with one, as the method was published. */
    static List<GrpoBenchmark> all() {
        return List.of(new GrpoBenchmark(0), new GrpoBenchmark(0.04));
    }

    Measurement run(Workplace workplace) {
        Path directory = workplace.folder().resolve("grpo-" + klBeta);
        Path model = FullLengthModel.write(ALPHABET, directory.resolve("model"));
        Path prompts = prompts(directory.resolve("prompts.jsonl"));
        ObjectNode settings = JsonNodeFactory.instance
                .objectNode()
                .put("model", model.toString())
                .put("prompts", prompts.toString())
                .put("prompts_per_step", PROMPTS_PER_STEP)
                .put("samples", SAMPLES)
                .put("tokens", NEW_TOKENS)
                .put("rate", RATE)
                .put("beta", klBeta)
                .put("output", directory.resolve("trl").toString());
        String recipe = RECIPE.formatted(
                workplace.threads(),
                model,
                PROMPTS_PER_STEP,
                SAMPLES,
                NEW_TOKENS,
                prompts,
                RATE,
                klBeta == 0 ? "none" : "loss",
                klBeta);
        try (Peer peer = Peer.start(workplace, "grpo.py", settings, directory.resolve("peer.log"));
                StageUnderTest stage = StageUnderTest.open(recipe, directory.resolve("run"))) {
            Comparison compared = Comparison.of(
                    new Ours(stage.loop()),
                    peer,
                    new Comparison.Blocks(WARM_UP, workplace.pairs(), STEPS),
                    Comparison.Agreement.within(TOLERANCE));
            return new Measurement(
                    name(),
                    compared.shares(),
                    milliseconds(compared.ours()),
                    milliseconds(compared.peers()),
                    new Measurement.Limit(false, 0.6, 0.35),
                    peer.versions());
        }
    }

    private String name() {
        return klBeta == 0 ? "GRPO step, no KL charged" : "GRPO step, k3 KL in the loss, β " + klBeta;
    }

    private static String milliseconds(double[] seconds) {
        return String.format(Locale.ROOT, "%.0f ms a step", 1000 * Measurement.median(seconds));
    }

    /** The loop of a GRPO stage; a block's values are, step by step, length and entropy of the samples. */
    private static final class Ours implements Side {
        private final TrainingLoop loop;
        private int done;

        Ours(TrainingLoop loop) {
            this.loop = loop;
        }

        @Override
        public Block run(int steps) {
            double[] values = new double[2 * steps];
            long begin = System.nanoTime();
            for (int i = 0; i < steps; i++) {
                StepReport report = loop.step(++done);
                values[2 * i] = report.metrics().getOrDefault("response_length", 0.0);
                values[2 * i + 1] = report.metrics().getOrDefault("entropy", 0.0);
            }
            return new Block((System.nanoTime() - begin) / 1e9, values);
        }
    }

    private static Path prompts(Path file) {
        RandomGenerator random = new Seed(2).random();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 256; i++) {
            ObjectNode row = JsonNodeFactory.instance.objectNode();
            row.put("prompt", text(random, PROMPT_LENGTH)).put("answer", text(random, NEW_TOKENS));
            lines.append(row).append('\n');
        }
        try {
            return Files.writeString(file, lines);
        } catch (IOException e) {
            throw RlhfException.resource("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static String text(RandomGenerator random, int length) {
        StringBuilder text = new StringBuilder();
        random.ints(length, 0, ALPHABET.length()).forEach(i -> text.append(ALPHABET.charAt(i)));
        return text.toString();
    }
}
