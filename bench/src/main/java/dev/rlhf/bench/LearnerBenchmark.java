package dev.rlhf.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.learner.DjlLearner;
import dev.rlhf.learner.model.LlamaShape;
import dev.rlhf.learner.model.ModelInitialiser;
import dev.rlhf.learner.block.RotaryEmbedding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Supervised steps of our learner beside PyTorch with transformers (sdpa attention, fused AdamW): same weights, same batches, same
 * losses.
 *
 * @param name what the model is called
 * @param model its shape
 * @param rows rows of a batch
 * @param length tokens of a row
 * @param steps optimiser steps of a timed block
 */
record LearnerBenchmark(String name, LlamaShape model, int rows, int length, int steps) {
    /** Same losses, up to what float32 sums in another order make of them over a run. */
    private static final double TOLERANCE = 1e-3;

    private static final int BATCHES = 8;
    private static final int WARM_UP = 3;
    private static final OptimiserSettings OPTIMISER =
            new OptimiserSettings(3e-4, OptimiserSettings.Schedule.CONSTANT, 0, 1, 0.9, 0.95, 1e-8, 0.1, 1.0);

    /** The cases that are measured. */
    static List<LearnerBenchmark> all() {
        LlamaShape small = config(512, 128, 4, 4, 2, 512);
        return List.of(
                new LearnerBenchmark("1 M parameters, 4 × 256 tokens", small, 4, 256, 10),
                new LearnerBenchmark("1 M parameters, 64 × 16 tokens", small, 64, 16, 10),
                new LearnerBenchmark("25 M parameters, 4 × 256 tokens", config(4096, 512, 8, 8, 4, 1408), 4, 256, 2));
    }

    private static LlamaShape config(int vocabulary, int hidden, int layers, int heads, int keys, int inner) {
        int headSize = hidden / heads;
        return new LlamaShape(vocabulary,
                hidden,
                layers,
                heads,
                keys,
                headSize,
                inner,
                256,
                RotaryEmbedding.of(10_000),
                1e-6,
                true,
                List.of(0));
    }

    Measurement run(Workplace workplace) {
        Path directory = workplace.folder().resolve("learner-" + model.hiddenSize() + "-" + rows);
        ModelInitialiser.random(model.toJson(), new Seed(1), directory);
        List<int[][]> batches = batches();
        Path file = write(batches, directory.resolve("batches.json"));
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("model", directory.toString()).put("batches", file.toString());
        settings.putObject("optimiser")
                .put("rate", OPTIMISER.learningRate())
                .put("beta1", OPTIMISER.beta1())
                .put("beta2", OPTIMISER.beta2())
                .put("epsilon", OPTIMISER.epsilon())
                .put("weight_decay", OPTIMISER.weightDecay())
                .put("max_norm", OPTIMISER.maxGradientNorm());
        NetworkSettings network = new NetworkSettings(
                directory.toString(), Head.LANGUAGE_MODEL, rows * length, workplace.threads(), new Seed(1));
        try (Peer peer = Peer.start(workplace, "learner.py", settings, directory.resolve("peer.log"));
                DjlLearner learner = DjlLearner.open(network, OPTIMISER, 1000)) {
            Comparison compared = Comparison.of(
                    new Ours(
                            learner,
                            batches.stream().map(LearnerBenchmark::batch).toList()),
                    peer,
                    new Comparison.Blocks(WARM_UP, workplace.pairs(), steps),
                    Comparison.Agreement.within(TOLERANCE));
            return new Measurement(
                    "learner, " + name,
                    compared.speedups(),
                    rate(compared.ours()),
                    rate(compared.peers()),
                    new Measurement.Limit(true, 0.95, 1.15),
                    peer.versions());
        }
    }

    private String rate(double[] seconds) {
        return String.format(Locale.ROOT, "%,.0f tokens/s", rows * length / Measurement.median(seconds));
    }

    /** The learner on its round of batches. */
    private static final class Ours implements Side {
        private final DjlLearner learner;
        private final List<TrainingBatch> batches;
        private int next;

        Ours(DjlLearner learner, List<TrainingBatch> batches) {
            this.learner = learner;
            this.batches = batches;
        }

        @Override
        public Block run(int steps) {
            double[] losses = new double[steps];
            long begin = System.nanoTime();
            for (int i = 0; i < steps; i++) {
                TrainingBatch batch = batches.get(next++ % batches.size());
                losses[i] = learner.update(batch, new Likelihood(Reduction.TOKEN_MEAN))
                        .loss();
            }
            return new Block((System.nanoTime() - begin) / 1e9, losses);
        }
    }

    private List<int[][]> batches() {
        RandomGenerator random = new Seed(2).random();
        List<int[][]> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            int[][] tokens = new int[rows][];
            for (int row = 0; row < rows; row++) {
                tokens[row] = random.ints(length, 1, model.vocabularySize()).toArray();
            }
            batches.add(tokens);
        }
        return batches;
    }

    /** The first token is the prompt: every other one is learnt, as the peer's shifted labels have it. */
    private static TrainingBatch batch(int[][] tokens) {
        List<Experience> rows = new ArrayList<>();
        for (int[] row : tokens) {
            rows.add(Experience.of(new TokenSequence(row, 1)));
        }
        return TrainingBatch.of(rows);
    }

    private static Path write(List<int[][]> batches, Path file) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        for (int[][] batch : batches) {
            ArrayNode rows = json.addArray();
            for (int[] row : batch) {
                ArrayNode tokens = rows.addArray();
                for (int token : row) {
                    tokens.add(token);
                }
            }
        }
        try {
            return Files.writeString(file, json.toString());
        } catch (IOException e) {
            throw RlhfException.resource("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
