package dev.rlhf.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.ExampleSource;
import dev.rlhf.core.loop.PreferencePair;
import dev.rlhf.core.loop.SupervisedLoop;
import dev.rlhf.core.loop.SupervisedSettings;
import dev.rlhf.core.prompt.PromptCursor;
import dev.rlhf.core.update.BradleyTerry;
import dev.rlhf.core.update.DirectPreference;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.learner.DjlLearner;
import dev.rlhf.learner.DjlNetwork;
import dev.rlhf.learner.files.TokenizerFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Steps on preference pairs, DPO's with its reference or a reward model's, beside TRL's trainers: same weights, same pairs, same
 * losses. The two answers of a pair follow one prompt.
 *
 * @param method what is trained
 */
record PreferenceBenchmark(Method method) implements Benchmark.Alone {
    private static final Shape SHAPE = new Shape(0, 128, 4, 4, 2, 512, 128, false);
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz";
    /** Ids 0 and 1 are no letters. */
    private static final int FIRST_LETTER = 2;

    private static final int PAIRS = 16;
    private static final int BATCHES = 24;
    private static final int STEPS = 8;
    private static final int PROMPT = 48;
    private static final int LEAST = 16;
    private static final int MOST = 48;
    private static final int MICRO_BATCH = 8192;
    private static final double BETA = 0.1;
    /** Same losses, up to what float32 sums in another order make of them over a run. */
    private static final double TOLERANCE = 2e-3;

    private static final OptimiserSettings OPTIMISER =
            new OptimiserSettings(1e-4, OptimiserSettings.Schedule.CONSTANT, 0, 1, 0.9, 0.95, 1e-8, 0, 1.0);

    /** What is trained on the pairs. */
    enum Method {
        /** A policy, held to its start. */
        DPO("dpo", "DPO step", Head.LANGUAGE_MODEL),
        /** A reward model. */
        REWARD("reward", "reward-model step", Head.REWARD);

        private final String script;
        private final String title;
        private final Head head;

        Method(String script, String title, Head head) {
            this.script = script;
            this.title = title;
            this.head = head;
        }

        private Objective objective() {
            return switch (this) {
                case DPO -> new DirectPreference(BETA, 0);
                case REWARD -> new BradleyTerry(0, 0);
            };
        }
    }

    /** The cases that are measured. */
    static List<PreferenceBenchmark> all() {
        return List.of(new PreferenceBenchmark(Method.DPO), new PreferenceBenchmark(Method.REWARD));
    }

    @Override
    public String id() {
        return method.script;
    }

    @Override
    public Comparison.Blocks blocks() {
        return Comparison.Blocks.of(3, STEPS);
    }

    @Override
    public Ours ours(Workplace workplace) {
        Path directory = workplace.folder(id());
        Path model = directory.resolve("model");
        SHAPE.withVocabulary(TokenizerFiles.characters(ALPHABET, model)).write(model);
        NetworkSettings network =
                new NetworkSettings(model.toString(), method.head, MICRO_BATCH, workplace.threads(), new Seed(1));
        Optional<DjlNetwork> reference =
                method == Method.DPO ? Optional.of(DjlNetwork.open(network)) : Optional.empty();
        DjlLearner learner = DjlLearner.open(network, OPTIMISER, 1000);
        // The peer reads it, with the head that was drawn here.
        learner.save(directory.resolve("start"));
        return new Ours(learner, reference, method.objective());
    }

    @Override
    public List<Measurement> measure(Workplace workplace) {
        Path directory = workplace.folder(id());
        try (Ours ours = ours(workplace);
                Peer peer =
                        Peer.start(workplace, "preference.py", settings(directory), directory.resolve("peer.log"))) {
            Comparison compared =
                    Comparison.of(ours, peer, workplace.blocks(blocks()), Comparison.Agreement.within(TOLERANCE));
            return List.of(new Measurement(
                    method.title + ", 1 M parameters, " + PAIRS + " pairs of " + PROMPT + " + " + LEAST + "…" + MOST
                            + " tokens",
                    compared.shares(),
                    Measurement.milliseconds(compared.ours()),
                    Measurement.milliseconds(compared.peers()),
                    new Measurement.Limit(false, 0.7, 0.5),
                    peer.versions()));
        }
    }

    private ObjectNode settings(Path directory) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("model", directory.resolve("start").toString())
                .put(
                        "pairs",
                        Workplace.write(directory.resolve("pairs.json"), json(pairs()))
                                .toString())
                .put("pairs_per_step", PAIRS)
                .put("method", method.script)
                .put("rate", OPTIMISER.learningRate())
                .put("beta", BETA)
                .put("output", directory.resolve("trl").toString());
    }

    private static List<PreferencePair> pairs() {
        RandomGenerator random = new Seed(3).random();
        List<PreferencePair> pairs = new ArrayList<>();
        for (int i = 0; i < PAIRS * BATCHES; i++) {
            int[] prompt = letters(random, PROMPT);
            pairs.add(new PreferencePair(answered(prompt, random), answered(prompt, random)));
        }
        return pairs;
    }

    private static TokenSequence answered(int[] prompt, RandomGenerator random) {
        return TokenSequence.of(prompt, letters(random, random.nextInt(LEAST, MOST + 1)));
    }

    private static int[] letters(RandomGenerator random, int count) {
        return random.ints(count, FIRST_LETTER, FIRST_LETTER + ALPHABET.length())
                .toArray();
    }

    private static ArrayNode json(List<PreferencePair> pairs) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        for (PreferencePair pair : pairs) {
            ObjectNode row = json.addObject();
            int[] prompt = Arrays.copyOf(pair.chosen().tokens(), pair.chosen().promptLength());
            Workplace.add(row.putArray("prompt_ids"), prompt);
            Workplace.add(row.putArray("chosen_ids"), pair.chosen().response());
            Workplace.add(row.putArray("rejected_ids"), pair.rejected().response());
        }
        return json;
    }

    /** The product's loop on the pairs, round after round; a block's values are the losses of its steps. */
    static final class Ours implements OurSide {
        private final DjlLearner learner;
        private final Optional<DjlNetwork> reference;
        private final SupervisedLoop loop;
        private int done;

        private Ours(DjlLearner learner, Optional<DjlNetwork> reference, Objective objective) {
            this.learner = learner;
            this.reference = reference;
            this.loop = new SupervisedLoop(
                    new Round(pairs()),
                    new SupervisedSettings(PAIRS, MOST, objective),
                    learner,
                    reference.map(network -> network),
                    new WeightVersion(0));
        }

        @Override
        public Block run(int steps) {
            double[] losses = new double[steps];
            long begin = System.nanoTime();
            for (int i = 0; i < steps; i++) {
                losses[i] = loop.step(++done).metrics().getOrDefault("loss", Double.NaN);
            }
            return new Block((System.nanoTime() - begin) / 1e9, losses);
        }

        @Override
        public void close() {
            learner.close();
            reference.ifPresent(DjlNetwork::close);
        }
    }

    /** The same pairs in the same order, over and over. */
    private static final class Round implements ExampleSource {
        private final List<PreferencePair> pairs;
        private int next;

        Round(List<PreferencePair> pairs) {
            this.pairs = pairs;
        }

        @Override
        public List<Experience> next(int count) {
            List<Experience> rows = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                rows.addAll(pairs.get(next++ % pairs.size()).rows());
            }
            return rows;
        }

        @Override
        public List<PromptCursor> cursors() {
            return List.of();
        }
    }
}
