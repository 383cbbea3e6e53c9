package dev.rlhf.learner.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Head;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A language model that writes: it keeps the keys and values of each running sequence in a slot.
 *
 * <p>Used by one thread. The logits of a sequence are equal to the bit whatever else is running.
 */
public final class CachedDecoder implements AutoCloseable {
    /** Rows of a matrix product are equal whatever their number once it is a multiple of this. */
    private static final int ROW_MULTIPLE = 4;
    /** Attention reads a multiple of this many positions, so that few shapes occur. */
    private static final int LENGTH_MULTIPLE = 32;
    /** Prompts are padded to a multiple of this; a prompt's padded length must depend on nothing but its own. */
    private static final int PROMPT_MULTIPLE = 8;
    /** Most tokens of prompts read together. */
    private static final int PROMPT_TOKENS = 2048;

    private static final Seed NO_SEED = new Seed(0);

    private final ModelConfig config;
    private final Parameters parameters;
    private final ScriptModule module;
    private final NDManager scope;
    private final NDList rotary;
    private final NDArray span;
    private final KeyValueCache cache;
    private NDManager preparedScope = NativeScope.open();
    private NDList prepared = new NDList();

    private CachedDecoder(ModelConfig config, Parameters parameters, int slots) {
        this.config = config;
        this.parameters = parameters;
        this.module = ScriptModule.compile(CachedDecoderSource.of(config));
        this.scope = NativeScope.open();
        int positions = roundUp(Math.max(config.contextLength(), config.headSize() / 2), LENGTH_MULTIPLE);
        this.rotary = module.callForList(scope, "tables", scope.arange(0, positions, 1, DataType.FLOAT32));
        this.span = scope.arange(0, positions, 1, DataType.INT64);
        // Rows that only fill up a multiple of four write into slots that nobody has.
        this.cache = new KeyValueCache(module, config, roundUp(slots, ROW_MULTIPLE), positions);
        prepare();
    }

    /**
     * Opens the model of a directory with room for {@code slots} running sequences.
     *
     * @throws dev.rlhf.core.base.RlhfException USER naming the file when one is missing or damaged
     */
    public static CachedDecoder open(Path modelDirectory, int slots) {
        ModelConfig config = ModelConfig.read(modelDirectory);
        WeightLayout layout = WeightLayout.of(config, Head.LANGUAGE_MODEL);
        return new CachedDecoder(config, Parameters.open(layout, modelDirectory, NO_SEED), slots);
    }

    /** Prompts that were read together: their keys and values, freed when the last prompt is. */
    private static final class Reading {
        private final NDManager owner;
        private final NDList read;
        private int open;

        private Reading(NDManager owner, NDList read, int open) {
            this.owner = owner;
            this.read = read;
            this.open = open;
        }

        private void release() {
            open--;
            if (open == 0) {
                owner.close();
            }
        }
    }

    /** A prompt that was read: its keys and values, and the logits of the token that follows. */
    public static final class Prefix implements AutoCloseable {
        private final Reading reading;
        private final int row;
        private final int length;
        private final float[] logits;

        private Prefix(Reading reading, int row, int length, float[] logits) {
            this.reading = reading;
            this.row = row;
            this.length = length;
            this.logits = logits;
        }

        /** Logits of the first response token, [V]. */
        public float[] logits() {
            return logits;
        }

        /** Prompt tokens. */
        public int length() {
            return length;
        }

        @Override
        public void close() {
            reading.release();
        }
    }

    /**
     * Reads prompts of 1 to context-length tokens.
     *
     * @return one prefix a prompt, in their order; each must be closed
     */
    public List<Prefix> read(List<int[]> prompts) {
        Map<Integer, List<Integer>> byLength = new TreeMap<>();
        for (int i = 0; i < prompts.size(); i++) {
            int padded = roundUp(prompts.get(i).length, PROMPT_MULTIPLE);
            byLength.computeIfAbsent(padded, length -> new ArrayList<>()).add(i);
        }
        Prefix[] prefixes = new Prefix[prompts.size()];
        try {
            byLength.forEach((padded, all) -> {
                int most = Math.max(1, PROMPT_TOKENS / padded);
                for (int from = 0; from < all.size(); from += most) {
                    read(prompts, padded, all.subList(from, Math.min(all.size(), from + most)), prefixes);
                }
            });
        } catch (RuntimeException failure) {
            Arrays.stream(prefixes).filter(Objects::nonNull).forEach(Prefix::close);
            throw failure;
        }
        return Arrays.asList(prefixes);
    }

    /** Logits of the token after each position of {@code tokens} [P], row after row, at least [P·V]. */
    public float[] logits(int[] tokens) {
        int padded = roundUp(tokens.length, PROMPT_MULTIPLE);
        long[] positions = new long[roundUp(tokens.length, ROW_MULTIPLE)];
        Arrays.setAll(positions, i -> Math.min(i, tokens.length - 1));
        NDManager owner = NativeScope.open();
        NDList read = prefill(owner, longs(tokens, padded, 0), new Shape(1, padded), positions);
        float[] logits = read.get(read.size() - 1).toFloatArray();
        owner.close();
        return logits;
    }

    private void read(List<int[]> prompts, int padded, List<Integer> chosen, Prefix[] into) {
        long[] tokens = new long[chosen.size() * padded];
        long[] last = new long[roundUp(chosen.size(), ROW_MULTIPLE)];
        for (int row = 0; row < chosen.size(); row++) {
            int[] prompt = prompts.get(chosen.get(row));
            for (int i = 0; i < prompt.length; i++) {
                tokens[row * padded + i] = prompt[i];
            }
            last[row] = (long) row * padded + prompt.length - 1;
        }
        NDManager owner = NativeScope.open();
        NDList read = prefill(owner, tokens, new Shape(chosen.size(), padded), last);
        float[] logits = read.get(read.size() - 1).toFloatArray();
        Reading reading = new Reading(owner, read, chosen.size());
        int vocabulary = config.vocabularySize();
        for (int row = 0; row < chosen.size(); row++) {
            float[] own = Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary);
            into[chosen.get(row)] = new Prefix(reading, row, prompts.get(chosen.get(row)).length, own);
        }
    }

    private NDList prefill(NDManager owner, long[] tokens, Shape shape, long[] last) {
        try {
            return module.callForList(
                    owner,
                    "prefill",
                    leaves(),
                    owner.create(tokens, shape),
                    rotary.get(0),
                    rotary.get(1),
                    span,
                    matrix(),
                    owner.create(last));
        } catch (RuntimeException failure) {
            owner.close();
            throw failure;
        }
    }

    /** Copies prompts' keys and values into slots, one prefix a slot; the same prefix may go into several. */
    public void place(List<Prefix> prefixes, int[] slotOfEach) {
        int from = 0;
        while (from < prefixes.size()) {
            Reading reading = prefixes.get(from).reading;
            int end = from;
            while (end < prefixes.size() && prefixes.get(end).reading == reading) {
                end++;
            }
            long[] rows = prefixes.subList(from, end).stream()
                    .mapToLong(prefix -> prefix.row)
                    .toArray();
            int[] into = Arrays.copyOfRange(slotOfEach, from, end);
            cache.place(reading.read, rows, Arrays.stream(into).asLongStream().toArray());
            from = end;
        }
    }

    /**
     * Moves running sequences to other slots.
     *
     * @param from slots they are in
     * @param to slots they go to, none of which is in {@code from}
     * @param length positions they have reached, at most
     */
    public void move(List<Integer> from, List<Integer> to, int length) {
        cache.move(from, to, length);
    }

    /**
     * Reads one more token of the running sequences, which are in the slots from 0 on.
     *
     * @param tokens the last token of each, [M]
     * @param at its position, [M]
     * @return logits of the next token, row after row, at least [M·V]
     */
    public float[] step(int[] tokens, int[] at) {
        int rows = roundUp(tokens.length, ROW_MULTIPLE);
        int last = 0;
        for (int position : at) {
            last = Math.max(last, position);
        }
        int length = roundUp(last + 1, LENGTH_MULTIPLE);
        try (NDManager step = NativeScope.open()) {
            NDArray logits = module.call(
                    step,
                    "step",
                    leaves().get(0),
                    prepared,
                    cache.views(rows, length),
                    step.create(longs(tokens, rows, 0)),
                    step.create(longs(at, rows, 0)),
                    step.create(cache.places(at, rows)),
                    span,
                    matrix(),
                    length);
            return logits.toFloatArray();
        }
    }

    /** Brings the weights into the form in which a step takes them. */
    private void prepare() {
        preparedScope.close();
        preparedScope = NativeScope.open();
        prepared = module.callForList(preparedScope, "prepare", leaves(), rotary.get(0), rotary.get(1));
    }

    /** Replaces the weights by those of another directory; running sequences go on with the keys they have. */
    public void reload(Path modelDirectory) {
        parameters.load(modelDirectory.resolve(Parameters.FILE), NO_SEED);
        prepare();
    }

    /** The model's shape. */
    public ModelConfig config() {
        return config;
    }

    private NDList leaves() {
        return parameters.leaves();
    }

    private NDArray matrix() {
        int head = 2 + config.layers() * WeightLayout.LEAVES_PER_LAYER;
        return parameters.leaves().get(config.tieEmbeddings() ? 0 : head);
    }

    private static long[] longs(int[] numbers, int length, long padding) {
        long[] wide = new long[length];
        for (int i = 0; i < length; i++) {
            wide[i] = i < numbers.length ? numbers[i] : padding;
        }
        return wide;
    }

    private static int roundUp(int number, int multiple) {
        return (number + multiple - 1) / multiple * multiple;
    }

    @Override
    public void close() {
        module.close();
        preparedScope.close();
        cache.close();
        scope.close();
        parameters.close();
    }
}
