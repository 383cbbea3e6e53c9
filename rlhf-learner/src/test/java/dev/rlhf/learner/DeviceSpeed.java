package dev.rlhf.learner;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.model.LlamaShape;
import dev.rlhf.learner.model.ModelInitialiser;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** Tokens a second of supervised steps; what {@code tools/gpu/peer.py} measures of PyTorch and transformers on the same models and batches. */
final class DeviceSpeed {
    private static final int BATCHES = 4;
    private static final int WARM_UP = 5;
    private static final int STEPS = 10;
    private static final int BLOCKS = 3;
    private static final OptimiserSettings OPTIMISER =
            new OptimiserSettings(1e-4, OptimiserSettings.Schedule.CONSTANT, 0, 1, 0.9, 0.95, 1e-8, 0.1, 1.0);

    private record Case(String name, int rows, LlamaShape shape) {
        int length() {
            return shape.contextLength();
        }
    }

    private static final RotaryEmbedding TURNS = RotaryEmbedding.of(10_000);

    private static final List<Case> CASES = List.of(
            new Case("25m", 32, new LlamaShape(4096, 512, 8, 8, 4, 64, 1408, 512, TURNS, 1e-6, true, List.of())),
            new Case("110m", 32, new LlamaShape(32_000, 768, 12, 12, 12, 64, 2048, 512, TURNS, 1e-6, true, List.of())),
            new Case("600m", 16, new LlamaShape(32_000, 1536, 16, 24, 8, 64, 6144, 512, TURNS, 1e-6, true, List.of())));

    private DeviceSpeed() {}

    static void measure(DeviceProof proof) {
        for (Case one : CASES) {
            Path model = proof.folder().resolve("speed-" + one.name());
            ModelInitialiser.random(one.shape().toJson(), new Seed(1), model);
            int[][][] batches = batches(one);
            JsonFile.write(model.resolve("batches.json"), json(batches));
            for (Precision precision : Precision.values()) {
                proof.part(one.name() + ", " + precision, () -> measure(proof, one, model, precision, batches));
            }
        }
    }

    private static void measure(DeviceProof proof, Case one, Path model, Precision precision, int[][][] batches) {
        try (DjlLearner learner = DjlLearner.open(
                proof.settings(model, Head.LANGUAGE_MODEL, precision, proof.device(), one.rows() * one.length(), 1),
                OPTIMISER,
                1000)) {
            double[] rates = new double[BLOCKS];
            double loss = steps(learner, batches, WARM_UP);
            for (int block = 0; block < BLOCKS; block++) {
                long begin = System.nanoTime();
                loss = steps(learner, batches, STEPS);
                rates[block] = STEPS * one.rows() * one.length() / ((System.nanoTime() - begin) / 1e9);
            }
            Arrays.sort(rates);
            System.out.printf(
                    Locale.ROOT,
                    "speed    ours, %s, %s, %d x %d: %,.0f tokens/s (%,.0f to %,.0f), loss %.4f%n",
                    one.name(),
                    precision,
                    one.rows(),
                    one.length(),
                    rates[BLOCKS / 2],
                    rates[0],
                    rates[BLOCKS - 1],
                    loss);
        }
    }

    private static double steps(DjlLearner learner, int[][][] batches, int count) {
        double loss = 0;
        for (int step = 0; step < count; step++) {
            TrainingBatch batch = new TrainingBatch(
                    Arrays.stream(batches[step % batches.length])
                            .map(tokens -> Experience.of(new TokenSequence(tokens, 1)))
                            .toList(),
                    1,
                    batches[0][0].length);
            loss = learner.update(batch, FixedCoefficients.likelihood(batch)).loss();
        }
        return loss;
    }

    private static int[][][] batches(Case one) {
        RandomGenerator random = new Seed(2).random();
        int[][][] batches = new int[BATCHES][one.rows()][];
        for (int[][] batch : batches) {
            for (int row = 0; row < batch.length; row++) {
                batch[row] = random.ints(one.length(), 1, one.shape().vocabularySize())
                        .toArray();
            }
        }
        return batches;
    }

    private static ArrayNode json(int[][][] batches) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (int[][] batch : batches) {
            ArrayNode rows = all.addArray();
            for (int[] row : batch) {
                ArrayNode tokens = rows.addArray();
                Arrays.stream(row).forEach(tokens::add);
            }
        }
        return all;
    }
}
