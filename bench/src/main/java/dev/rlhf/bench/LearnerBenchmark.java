package dev.rlhf.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Supervised steps of our learner beside PyTorch with transformers (sdpa attention, fused AdamW): same weights, same batches, same
 * losses. Tokens of the rows count, padding does not.
 *
 * @param id its short name
 * @param name what the page calls it
 * @param shape the model's shape
 * @param rows lengths of a batch's rows
 * @param blocks how much is run
 * @param limit what the ratio must be
 */
record LearnerBenchmark(
        String id, String name, Shape shape, Rows rows, Comparison.Blocks blocks, Measurement.Limit limit)
        implements Benchmark.Alone {
    /** Same losses, up to what float32 sums in another order make of them over a run. */
    private static final double TOLERANCE = 1e-3;

    private static final int BATCHES = 8;
    private static final int WARM_UP = 3;
    private static final int MICRO_BATCH = 8192;
    private static final OptimiserSettings OPTIMISER =
            new OptimiserSettings(3e-4, OptimiserSettings.Schedule.CONSTANT, 0, 1, 0.9, 0.95, 1e-8, 0.1, 1.0);

    /** The cases that are measured. */
    static List<LearnerBenchmark> all() {
        Shape small = new Shape(512, 128, 4, 4, 2, 512, 512, true);
        Shape middle = new Shape(4096, 512, 8, 8, 4, 1408, 512, true);
        Shape large = new Shape(32_000, 768, 12, 12, 12, 2048, 512, true);
        Rows equal = new Rows(4, 256, 256);
        Rows mixed = new Rows(8, 16, 512);
        Comparison.Blocks many = Comparison.Blocks.of(WARM_UP, 10);
        Comparison.Blocks few = Comparison.Blocks.of(WARM_UP, 2);
        Measurement.Limit even = new Measurement.Limit(true, 1.0, 1.15);
        Measurement.Limit packed = new Measurement.Limit(true, 1.3, 1.8);
        return List.of(
                new LearnerBenchmark("learner-1m", "1 M parameters, 4 × 256 tokens", small, equal, many, even),
                new LearnerBenchmark(
                        "learner-1m-short", "1 M parameters, 64 × 16 tokens", small, new Rows(64, 16, 16), many, even),
                new LearnerBenchmark("learner-25m", "25 M parameters, 4 × 256 tokens", middle, equal, few, even),
                new LearnerBenchmark(
                        "learner-110m",
                        "110 M parameters, 4 × 256 tokens",
                        large,
                        equal,
                        Comparison.Blocks.of(2, 1),
                        even),
                new LearnerBenchmark("mixed-1m", "1 M parameters, 8 rows of 16…512 tokens", small, mixed, many, packed),
                new LearnerBenchmark(
                        "mixed-25m", "25 M parameters, 8 rows of 16…512 tokens", middle, mixed, few, packed));
    }

    /**
     * The rows of a batch.
     *
     * @param count how many
     * @param least tokens of the shortest
     * @param most tokens of the longest
     */
    record Rows(int count, int least, int most) {
        /** Median and spread of the logarithm of lengths that are not all equal: half of the rows have under 96 tokens, few over 256. */
        private static final double MEDIAN = 96;

        private static final double SPREAD = 0.8;

        int length(RandomGenerator random) {
            if (least == most) {
                return most;
            }
            double drawn = MEDIAN * Math.exp(SPREAD * random.nextGaussian());
            return (int) Math.max(least, Math.min(most, drawn));
        }
    }

    @Override
    public OurSide ours(Workplace workplace) {
        Path directory = workplace.folder(id);
        shape.write(directory);
        NetworkSettings network = new NetworkSettings(
                directory.toString(), Head.LANGUAGE_MODEL, MICRO_BATCH, workplace.threads(), new Seed(1));
        return new Ours(
                DjlLearner.open(network, OPTIMISER, 1000),
                batches().stream().map(LearnerBenchmark::batch).toList());
    }

    @Override
    public List<Measurement> measure(Workplace workplace) {
        Comparison.Blocks run = workplace.blocks(blocks);
        try (OurSide ours = ours(workplace);
                Peer peer = peer(workplace)) {
            Comparison compared = Comparison.of(ours, peer, run, Comparison.Agreement.within(TOLERANCE));
            return List.of(new Measurement(
                    "learner, " + name,
                    compared.speedups(),
                    rate(compared.ours(), run),
                    rate(compared.peers(), run),
                    limit,
                    peer.versions()));
        }
    }

    private Peer peer(Workplace workplace) {
        Path directory = workplace.folder(id);
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("model", directory.toString())
                .put(
                        "batches",
                        Workplace.write(directory.resolve("batches.json"), json(batches()))
                                .toString());
        settings.putObject("optimiser")
                .put("rate", OPTIMISER.learningRate())
                .put("beta1", OPTIMISER.beta1())
                .put("beta2", OPTIMISER.beta2())
                .put("epsilon", OPTIMISER.epsilon())
                .put("weight_decay", OPTIMISER.weightDecay())
                .put("max_norm", OPTIMISER.maxGradientNorm());
        return Peer.start(workplace, "learner.py", settings, directory.resolve("peer.log"));
    }

    /** Median of the tokens a second of each pair; pairs do not have the same batches. */
    private String rate(double[] seconds, Comparison.Blocks run) {
        List<int[][]> batches = batches();
        double[] rates = new double[seconds.length];
        for (int pair = 0; pair < rates.length; pair++) {
            int first = (run.warmUp() + pair) * run.steps();
            double tokens = 0;
            for (int step = first; step < first + run.steps(); step++) {
                tokens += Arrays.stream(batches.get(step % BATCHES))
                        .mapToInt(row -> row.length)
                        .sum();
            }
            rates[pair] = tokens / run.steps() / seconds[pair];
        }
        return String.format(Locale.ROOT, "%,.0f tokens/s", Measurement.median(rates));
    }

    /** The learner on its round of batches; a block's values are the losses of its steps. */
    private static final class Ours implements OurSide {
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

        @Override
        public void close() {
            learner.close();
        }
    }

    private List<int[][]> batches() {
        RandomGenerator random = new Seed(2).random();
        List<int[][]> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            int[][] tokens = new int[rows.count()][];
            for (int row = 0; row < tokens.length; row++) {
                tokens[row] =
                        random.ints(rows.length(random), 1, shape.vocabulary()).toArray();
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

    private static ArrayNode json(List<int[][]> batches) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        for (int[][] batch : batches) {
            ArrayNode rows = json.addArray();
            for (int[] row : batch) {
                Workplace.add(rows.addArray(), row);
            }
        }
        return json;
    }
}
