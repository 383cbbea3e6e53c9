package dev.rlhf.learner;

import ai.djl.ndarray.NDManager;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.learner.decoder.Decoder;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.NativeWorkers;
import dev.rlhf.learner.optimise.MicroBatches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A frozen network on DJL: a reference policy, a reward model, or the forward half of a learner. */
public final class DjlNetwork implements Network, AutoCloseable {
    /** Multiplications of a part alone from which on all threads share its operators: fewer are done before they have met. */
    private static final long WORTH_SHARING = 1L << 28;

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
        return new DjlNetwork(settings, Decoder.open(settings));
    }

    @Override
    public TokenOutputs evaluate(List<TokenSequence> rows, double temperature, Set<Output> wanted) {
        prepare(rows);
        List<TokenOutputs> found = new ArrayList<>();
        sideBySide(parts(rows, 1), part -> evaluate(rows, part.runs(), temperature, wanted))
                .forEach(found::addAll);
        return new TokenOutputs(
                joined(found, TokenOutputs::logProbs),
                joined(found, TokenOutputs::entropies),
                joined(found, TokenOutputs::values));
    }

    private List<TokenOutputs> evaluate(
            List<TokenSequence> rows, List<MicroBatches.Slice> runs, double temperature, Set<Output> wanted) {
        List<TokenOutputs> found = new ArrayList<>();
        for (MicroBatches.Slice run : runs) {
            try (NDManager scope = decoder.open()) {
                TokenOutputs outputs = decoder.forward(scope, run.of(rows), temperature, wanted, false)
                        .outputs();
                requireFinite(outputs);
                found.add(outputs);
            }
        }
        return found;
    }

    private static float[][] joined(List<TokenOutputs> parts, Function<TokenOutputs, float[][]> which) {
        return parts.stream().flatMap(part -> Arrays.stream(which.apply(part))).toArray(float[][]::new);
    }

    /**
     * A part of a batch.
     *
     * @param index which of the parts it is
     * @param runs its runs, one after the other
     * @param tokens of its rows
     */
    record Part(int index, List<MicroBatches.Slice> runs, int tokens) {}

    /**
     * Works on parts of a batch side by side, one a thread.
     *
     * @return the results by part
     */
    <R> List<R> sideBySide(List<Part> parts, Function<Part, R> work) {
        long multiplications = parts.stream().mapToLong(Part::tokens).sum()
                * decoder.parameters().layout().size();
        return workers.map(parts, multiplications < WORTH_SHARING ? 1 : settings.threads(), work);
    }

    /**
     * The parts of a batch, and their runs, which share the token budget with those of the other parts.
     *
     * @param rowsPerUnit rows that stay together
     * @return how {@code rows} are cut depends on them and on the settings alone
     */
    List<Part> parts(List<TokenSequence> rows, int rowsPerUnit) {
        Backend backend = decoder.parameters().backend();
        List<MicroBatches.Slice> cuts = MicroBatches.parts(rows, backend.lanes(settings.threads()), rowsPerUnit);
        int budget = settings.microBatchTokens() / Math.max(1, cuts.size());
        List<Part> parts = new ArrayList<>();
        for (MicroBatches.Slice cut : cuts) {
            int tokens = cut.of(rows).stream().mapToInt(TokenSequence::length).sum();
            parts.add(new Part(parts.size(), MicroBatches.of(rows, cut, budget, rowsPerUnit), tokens));
        }
        return parts;
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
