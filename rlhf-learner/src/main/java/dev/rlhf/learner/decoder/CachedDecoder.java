package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Head;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.Parameters;
import dev.rlhf.learner.model.WeightLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A language model that writes: it keeps the keys and values of each running sequence.
 *
 * <p>Used by one thread. The logits of a sequence are equal to the bit whatever else is running.
 */
public final class CachedDecoder implements AutoCloseable {
    /**
     * A row of a matrix product has the same bits whatever the number of rows once that is a multiple of this. MKL gives one to three rows
     * other bits than many, and shares five to seven and nine to eleven among two threads so that one has so few.
     */
    static final int ROW_MULTIPLE = 4;

    private static final Seed NO_SEED = new Seed(0);

    private final ModelConfig config;
    private final Parameters parameters;
    private final ScriptModule module;
    private final NDManager scope;
    private final NDList rotary;
    private final NDArray span;
    private final KeyValueCache cache;
    private final PromptReader reader;
    private ScriptModule.@Nullable Held prepared;
    /** Why the weights are of no use; null where they are. */
    private @Nullable RlhfException spoiled;

    CachedDecoder(ModelConfig config, Parameters parameters) {
        this.config = config;
        this.parameters = parameters;
        this.module = ScriptModule.compile(CachedSource.of(config) + Logits.METHODS);
        this.scope = NativeScope.open();
        int positions = roundUp(config.architecture().tableLength(config.contextLength()), KeyValueCache.PAGE);
        this.rotary = module.callForList(scope, "tables", scope.arange(0, positions, 1, DataType.FLOAT32));
        this.span = scope.arange(0, positions, 1, DataType.INT64);
        this.cache = new KeyValueCache(module, config.architecture());
        this.reader = new PromptReader(module, parameters, rotary, span);
        prepare();
    }

    /**
     * Opens the model of a directory.
     *
     * @param contextLength most positions of a sequence; null for the model's own
     * @throws RlhfException USER naming the file when one is missing or damaged, or the context when the model's is shorter; RESOURCE when
     *     memory lacks
     */
    public static CachedDecoder open(Path modelDirectory, @Nullable Integer contextLength) {
        ModelConfig config = ModelConfig.read(modelDirectory).within(contextLength);
        WeightLayout layout = WeightLayout.of(config, Head.LANGUAGE_MODEL);
        return new CachedDecoder(config, Parameters.open(layout, modelDirectory, NO_SEED));
    }

    /** What fits into memory. */
    public DecodingMemory memory() {
        return new DecodingMemory(config, cache);
    }

    /**
     * Reads prompts of 1 to context-length tokens.
     *
     * @return one prefix a prompt, in their order; each must be closed
     */
    public List<Prefix> read(List<int[]> prompts) {
        requireWhole();
        return reader.read(prompts);
    }

    /** Log-prob at temperature 1 of each token of a prompt [P] but the first, [P−1]. */
    public double[] logProbs(int[] prompt) {
        requireWhole();
        try (Logits logits = reader.logits(prompt)) {
            return logits.logProbs(Arrays.copyOfRange(prompt, 1, prompt.length));
        }
    }

    /**
     * Opens a sequence that goes on after a prompt, of which it is one sample; {@link #fill} must follow before the prompt is closed.
     *
     * @param length most tokens of it, prompt and response
     */
    public CachedSequence open(Prefix prefix, int length) {
        return cache.open(prefix, length);
    }

    /** Makes room for the sequences that were opened and copies there what was read of their prompts. */
    public void fill() {
        cache.fill();
    }

    /**
     * Reads one more token of sequences.
     *
     * @param sequences which, [M]
     * @param tokens the last token of each, [M]
     * @param at its position, [M]
     * @return logits of the next token, row after row, at least M rows; must be closed
     */
    public Logits step(List<CachedSequence> sequences, int[] tokens, int[] at) {
        requireWhole();
        int rows = roundUp(tokens.length, ROW_MULTIPLE);
        KeyValueCache.Window window = cache.window(sequences, at, rows);
        NDManager step = NativeScope.open();
        try {
            NDArray logits = module.call(
                    step,
                    "step",
                    Objects.requireNonNull(prepared),
                    window.cache(),
                    step.create(asked(tokens, at, cache.places(sequences, at, rows), rows)),
                    window.length());
            return new Logits(step, module, logits);
        } catch (RuntimeException failure) {
            step.close();
            throw failure;
        }
    }

    /** Tokens, positions and places, one after the other. */
    private static long[] asked(int[] tokens, int[] at, long[] places, int rows) {
        long[] asked = new long[2 * rows + places.length];
        for (int row = 0; row < tokens.length; row++) {
            asked[row] = tokens[row];
            asked[rows + row] = at[row];
        }
        System.arraycopy(places, 0, asked, 2 * rows, places.length);
        return asked;
    }

    /** Brings the weights into the form in which a step takes them. */
    private void prepare() {
        forget();
        prepared = module.hold("prepare", parameters.leaves(), rotary, span, reader.matrix());
    }

    private void forget() {
        ScriptModule.Held last = prepared;
        prepared = null;
        if (last != null) {
            last.close();
        }
    }

    /**
     * Replaces the weights by those of another directory; running sequences go on with the keys they have.
     *
     * @throws RlhfException USER when they do not fit, and then nothing changes; RESOURCE when they could not be read to the end, and then
     *     nothing is computed until other weights are loaded
     */
    public void reload(Path modelDirectory) {
        ModelConfig theirs = ModelConfig.read(modelDirectory);
        if (!config.computesAs(theirs)) {
            throw RlhfException.user("the weights of " + modelDirectory
                    + " are of another model than the one that is served: its config.json differs");
        }
        Checkpoint checkpoint = Checkpoint.ofDirectory(modelDirectory);
        try {
            parameters.load(checkpoint, NO_SEED);
            prepare();
            spoiled = null;
        } catch (RlhfException failure) {
            if (failure.kind() != ErrorKind.USER) {
                spoiled = failure;
            }
            throw failure;
        }
    }

    private void requireWhole() {
        if (spoiled != null) {
            throw RlhfException.resource(spoiled.getMessage() + "; load weights again", spoiled);
        }
    }

    /** The model's shape. */
    public ModelConfig config() {
        return config;
    }

    static long[] longs(int[] numbers, int length) {
        return Arrays.copyOf(Arrays.stream(numbers).asLongStream().toArray(), length);
    }

    static int roundUp(int number, int multiple) {
        return (number + multiple - 1) / multiple * multiple;
    }

    @Override
    public void close() {
        module.close();
        forget();
        cache.close();
        scope.close();
        parameters.close();
    }
}
