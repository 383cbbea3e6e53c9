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

    private static final Seed NO_SEED = new Seed(0);

    private final ModelConfig config;
    private final Parameters parameters;
    private final ScriptModule module;
    private final NDManager scope;
    private final NDList rotary;
    private final NDArray span;
    private final NDList keys = new NDList();
    private final NDList values = new NDList();
    private final int slots;
    private final int positions;

    private CachedDecoder(ModelConfig config, Parameters parameters, int slots) {
        this.config = config;
        this.parameters = parameters;
        this.slots = slots;
        this.module = ScriptModule.compile(CachedDecoderSource.of(config));
        this.scope = NativeScope.open();
        this.positions = roundUp(Math.max(config.contextLength(), config.headSize() / 2), LENGTH_MULTIPLE);
        this.rotary = module.callForList(scope, "tables", scope.arange(0, positions, 1, DataType.FLOAT32));
        this.span = scope.arange(0, positions, 1, DataType.INT64);
        // One slot more than asked for: rows that only fill up a multiple of four write there.
        Shape cache = new Shape(slots + 1, config.keyValueHeads(), positions, config.headSize());
        for (int layer = 0; layer < config.layers(); layer++) {
            keys.add(scope.zeros(cache));
            values.add(scope.zeros(cache));
        }
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

    /** A prompt that was read: its keys and values, and the logits of the token that follows. */
    public static final class Prefix implements AutoCloseable {
        private final NDManager owner;
        private final NDList read;
        private final int length;
        private final float[] logits;

        private Prefix(NDManager owner, NDList read, int length, float[] logits) {
            this.owner = owner;
            this.read = read;
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
            owner.close();
        }
    }

    /** Reads a prompt of 1 to context-length tokens. */
    public Prefix read(int[] prompt) {
        NDManager owner = NativeScope.open();
        long[] padded = new long[roundUp(prompt.length, ROW_MULTIPLE)];
        for (int i = 0; i < prompt.length; i++) {
            padded[i] = prompt[i];
        }
        NDList read = module.callForList(
                owner,
                "prefill",
                leaves(),
                owner.create(padded),
                rotary.get(0),
                rotary.get(1),
                matrix(),
                prompt.length - 1);
        float[] logits = read.get(read.size() - 1).toFloatArray();
        return new Prefix(owner, read, prompt.length, logits);
    }

    /** Copies a prompt's keys and values into slots. */
    public void place(Prefix prefix, int[] into) {
        try (NDManager step = NativeScope.open()) {
            module.perform("place", keys, values, prefix.read, step.create(longs(into, into.length, 0)), prefix.length);
        }
    }

    /**
     * Reads one more token of each running sequence.
     *
     * @param tokens the last token of each, [M]
     * @param at its position, [M]
     * @param in the sequence's slot, [M]
     * @return logits of the next token, row after row, at least [M·V]
     */
    public float[] step(int[] tokens, int[] at, int[] in) {
        int rows = roundUp(tokens.length, ROW_MULTIPLE);
        int last = 0;
        for (int position : at) {
            last = Math.max(last, position);
        }
        try (NDManager step = NativeScope.open()) {
            NDArray logits = module.call(
                    step,
                    "step",
                    leaves(),
                    keys,
                    values,
                    step.create(longs(tokens, rows, 0)),
                    step.create(longs(at, rows, 0)),
                    step.create(longs(in, rows, slots)),
                    rotary.get(0),
                    rotary.get(1),
                    span,
                    matrix(),
                    roundUp(last + 1, LENGTH_MULTIPLE));
            return logits.toFloatArray();
        }
    }

    /** Replaces the weights by those of another directory; running sequences go on with the keys they have. */
    public void reload(Path modelDirectory) {
        parameters.load(modelDirectory.resolve(Parameters.FILE), NO_SEED);
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
        scope.close();
        parameters.close();
    }
}
