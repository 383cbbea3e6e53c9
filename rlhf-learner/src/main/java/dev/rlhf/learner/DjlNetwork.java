package dev.rlhf.learner;

import ai.djl.ndarray.NDManager;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.model.Decoder;
import dev.rlhf.learner.optimise.MicroBatches;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** A frozen network on DJL: a reference policy, a reward model, or the forward half of a learner. */
public final class DjlNetwork implements Network, AutoCloseable {
    private final NetworkSettings settings;
    private final Decoder decoder;

    private DjlNetwork(NetworkSettings settings, Decoder decoder) {
        this.settings = settings;
        this.decoder = decoder;
    }

    /**
     * Opens a model directory.
     *
     * @throws RlhfException USER naming the file when one is missing, damaged or of another shape
     */
    public static DjlNetwork open(NetworkSettings settings) {
        NativeScope.prepareThread(settings.threads());
        Path directory = Path.of(settings.modelDirectory());
        return new DjlNetwork(settings, Decoder.open(directory, settings.head(), settings.seed()));
    }

    /** Rows are evaluated shortest first, so that little is spent on padding, and given back in their own order. */
    @Override
    public TokenOutputs evaluate(List<TokenSequence> rows, double temperature) {
        prepare(rows);
        List<Integer> order = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparingInt(row -> rows.get(row).length()))
                .toList();
        List<TokenSequence> sorted = order.stream().map(rows::get).toList();
        float[][][] found = new float[3][rows.size()][];
        for (MicroBatches.Slice slice : MicroBatches.of(sorted, settings.microBatchTokens(), 1)) {
            try (NDManager scope = NativeScope.open()) {
                List<TokenSequence> part = sorted.subList(slice.first(), slice.end());
                TokenOutputs outputs =
                        decoder.forward(scope, part, temperature, false).outputs();
                requireFinite(outputs);
                List<Integer> places = order.subList(slice.first(), slice.end());
                scatter(outputs.logProbs(), places, found[0]);
                scatter(outputs.entropies(), places, found[1]);
                scatter(outputs.values(), places, found[2]);
            }
        }
        return settings.head() == Head.LANGUAGE_MODEL
                ? TokenOutputs.ofPolicy(found[0], found[1])
                : TokenOutputs.ofValues(found[2]);
    }

    private static void scatter(float[][] part, List<Integer> places, float[][] whole) {
        for (int i = 0; i < part.length; i++) {
            whole[places.get(i)] = part[i];
        }
    }

    /** Readies the thread and refuses rows that the network cannot read. */
    void prepare(List<TokenSequence> rows) {
        NativeScope.prepareThread(settings.threads());
        int context = decoder.config().contextLength();
        int vocabulary = decoder.config().vocabularySize();
        for (int i = 0; i < rows.size(); i++) {
            TokenSequence row = rows.get(i);
            if (row.length() > context) {
                throw RlhfException.user("row " + i + " has " + row.length() + " tokens (prompt "
                        + row.promptLength() + ", response " + row.responseLength() + "), the model's context is "
                        + context);
            }
            for (int token : row.tokens()) {
                if (token < 0 || token >= vocabulary) {
                    throw RlhfException.user(
                            "row " + i + " has token " + token + ", the model's vocabulary is " + vocabulary);
                }
            }
        }
    }

    /** Throws DIVERGED when an output is not a finite number. */
    static void requireFinite(TokenOutputs outputs) {
        for (float[][] numbers : List.of(outputs.logProbs(), outputs.entropies(), outputs.values())) {
            for (float[] row : numbers) {
                for (float number : row) {
                    if (!Float.isFinite(number)) {
                        throw RlhfException.diverged("the network gives " + number + " instead of a finite number");
                    }
                }
            }
        }
    }

    /** Writes a Hugging Face model directory. */
    public void save(Path modelDirectory) {
        ModelDirectory.of(Path.of(settings.modelDirectory())).save(decoder, modelDirectory);
    }

    Decoder decoder() {
        return decoder;
    }

    NetworkSettings settings() {
        return settings;
    }

    @Override
    public void close() {
        decoder.close();
    }
}
