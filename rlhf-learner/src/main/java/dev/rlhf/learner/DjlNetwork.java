package dev.rlhf.learner;

import ai.djl.ndarray.NDManager;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.learner.decoder.Decoder;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.NativeWorkers;
import dev.rlhf.learner.optimise.MicroBatches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A frozen network on DJL: a reference policy, a reward model, or the forward half of a learner. */
public final class DjlNetwork implements Network, AutoCloseable {
    private static final float[][] NONE = {};

    private final NetworkSettings settings;
    private final Decoder decoder;
    private final NativeWorkers workers;

    private DjlNetwork(NetworkSettings settings, Decoder decoder) {
        this.settings = settings;
        this.decoder = decoder;
        this.workers = new NativeWorkers(settings.threads());
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
    public TokenOutputs evaluate(List<TokenSequence> rows, double temperature, Set<Output> wanted) {
        prepare(rows);
        List<Integer> order = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparingInt(row -> rows.get(row).length()))
                .toList();
        List<TokenSequence> sorted = order.stream().map(rows::get).toList();
        float[][][] found = new float[3][rows.size()][];
        for (List<Evaluated> part : sideBySide(sorted, 1, runs -> evaluate(sorted, runs, temperature, wanted))) {
            for (Evaluated evaluated : part) {
                List<Integer> places =
                        order.subList(evaluated.run().first(), evaluated.run().end());
                scatter(evaluated.outputs().logProbs(), places, found[0]);
                scatter(evaluated.outputs().entropies(), places, found[1]);
                scatter(evaluated.outputs().values(), places, found[2]);
            }
        }
        boolean language = settings.head() == Head.LANGUAGE_MODEL;
        return new TokenOutputs(
                language && wanted.contains(Output.LOG_PROBS) ? found[0] : NONE,
                language && wanted.contains(Output.ENTROPIES) ? found[1] : NONE,
                !language && wanted.contains(Output.VALUES) ? found[2] : NONE);
    }

    /** A run of rows and what was said of them. */
    private record Evaluated(MicroBatches.Slice run, TokenOutputs outputs) {}

    private List<Evaluated> evaluate(
            List<TokenSequence> rows, List<MicroBatches.Slice> runs, double temperature, Set<Output> wanted) {
        List<Evaluated> evaluated = new ArrayList<>();
        for (MicroBatches.Slice run : runs) {
            try (NDManager scope = NativeScope.open()) {
                TokenOutputs outputs = decoder.forward(scope, run.of(rows), temperature, wanted, false)
                        .outputs();
                requireFinite(outputs);
                evaluated.add(new Evaluated(run, outputs));
            }
        }
        return evaluated;
    }

    /**
     * Works on parts of a batch side by side, one a thread.
     *
     * @param rowsPerUnit rows that stay together
     * @param work takes the runs of a part, which share the token budget with those of the other parts
     * @return the results by part; how {@code rows} are cut depends on them and on the settings alone
     */
    <R> List<R> sideBySide(List<TokenSequence> rows, int rowsPerUnit, Function<List<MicroBatches.Slice>, R> work) {
        List<MicroBatches.Slice> parts = MicroBatches.parts(rows, settings.threads(), rowsPerUnit);
        int budget = settings.microBatchTokens() / Math.max(1, parts.size());
        return workers.map(parts, part -> work.apply(MicroBatches.of(rows, part, budget, rowsPerUnit)));
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

    @Override
    public void save(Path modelDirectory) {
        ModelDirectory.of(Path.of(settings.modelDirectory())).save(decoder, settings.explicitHead(), modelDirectory);
    }

    Decoder decoder() {
        return decoder;
    }

    NetworkSettings settings() {
        return settings;
    }

    @Override
    public void close() {
        workers.close();
        decoder.close();
    }
}
