package dev.rlhf.learner;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Needs;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import dev.rlhf.learner.decoder.BatchGradient;
import dev.rlhf.learner.decoder.Decoder;
import dev.rlhf.learner.decoder.SelfTest;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.files.BatchDump;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.model.Parameters;
import dev.rlhf.learner.optimise.AdamW;
import dev.rlhf.learner.optimise.MicroBatches;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A learner on DJL that back-propagates whatever coefficients an objective asks for.
 *
 * <p>Used by one thread at a time. For equal inputs, settings and thread count the weights are equal to the bit.
 */
public final class DjlLearner implements Learner, AutoCloseable {
    /** Name of the weights in the directory of a state. */
    public static final String WEIGHTS = "weights.safetensors";

    private static final Logger LOG = System.getLogger(DjlLearner.class.getName());
    private static final String STATE = "state.json";
    private static final String STEPS = "optimiser_steps";

    /** Positions computed for each token of the rows: below 1 where prompts are shared; padding would be above. */
    private static final String COMPUTED = "computed_positions";

    /** Share of rows of which nothing is learnt, as none of their tokens has an advantage; they are left out on the way back. */
    private static final String STILL = "still_rows";

    private final DjlNetwork network;
    private final AdamW optimiser;
    private final BatchGradient gradient;

    private DjlLearner(DjlNetwork network, AdamW optimiser) {
        this.network = network;
        this.optimiser = optimiser;
        this.gradient = network.decoder().gradient();
    }

    /**
     * Opens a model directory for training.
     *
     * @param totalSteps optimiser steps that the learning rate's schedule spans
     * @throws RlhfException USER naming the file when one is missing, damaged or of another shape
     */
    public static DjlLearner open(NetworkSettings settings, OptimiserSettings optimiserSettings, int totalSteps) {
        DjlNetwork network = DjlNetwork.open(settings);
        SelfTest.failure(settings.threads())
                .filter(failure -> !failure.repeats())
                .ifPresent(failure -> LOG.log(Level.WARNING, failure.sentence()));
        AdamW optimiser =
                AdamW.of(optimiserSettings, totalSteps, network.decoder().parameters());
        optimiser.startFrom(Checkpoint.ofDirectory(Path.of(settings.modelDirectory())), settings.seed());
        return new DjlLearner(network, optimiser);
    }

    @Override
    public UpdateReport update(TrainingBatch given, Objective objective) {
        TrainingBatch batch = movingFirst(given, objective);
        network.prepare(batch.sequences());
        BatchDump dump = new BatchDump(network.settings().divergedBatch(), optimiser.steps() + 1, batch);
        return dump.around(() -> update(batch, objective, dump));
    }

    private UpdateReport update(TrainingBatch batch, Objective objective, BatchDump dump) {
        Accumulation sum = accumulate(batch, objective, dump);
        double norm = optimiser.norm(gradient.leaves());
        dump.sum(sum.loss, norm);
        if (!Double.isFinite(norm) || !Double.isFinite(sum.loss)) {
            throw RlhfException.diverged("optimiser step " + (optimiser.steps() + 1) + " has loss " + sum.loss
                    + " and gradient norm " + norm + "; the weights are unchanged");
        }
        double rate = optimiser.step(gradient.leaves(), norm);
        int tokens = batch.sequences().stream().mapToInt(TokenSequence::length).sum();
        sum.statistics.put(COMPUTED, sum.positions / (double) Math.max(1, tokens));
        return new UpdateReport(sum.loss, norm, rate, tokens, sum.statistics);
    }

    /** The batch with the rows that can move a weight before those that cannot; rows in pairs stay where they are. */
    private static TrainingBatch movingFirst(TrainingBatch batch, Objective objective) {
        if (objective.needs().rowsPerUnit() > 1 || batch.rows().stream().allMatch(objective::moves)) {
            return batch;
        }
        List<Experience> rows = new ArrayList<>(batch.rows());
        rows.sort(Comparator.comparing(row -> !objective.moves(row)));
        return new TrainingBatch(rows, batch.temperature(), batch.maxTokens());
    }

    /** Loss of a whole batch, and its {@link #gradient}, for tests of the gradients. */
    Accumulation accumulate(TrainingBatch batch, Objective objective) {
        return accumulate(batch, objective, new BatchDump(null, 1, batch));
    }

    /** Loss of a whole batch, and its {@link #gradient}: its parts side by side, their runs one after the other. */
    private Accumulation accumulate(TrainingBatch batch, Objective objective, BatchDump dump) {
        List<TokenSequence> rows = batch.sequences();
        Needs needs = objective.needs();
        Optional<TokenOutputs> firstPass = needs.firstPass()
                ? Optional.of(network.evaluate(rows, batch.temperature(), needs.outputs()))
                : Optional.empty();
        Pieces pieces = new Pieces(batch, objective, objective.prepare(batch, firstPass), dump);
        int moving = rows.size();
        while (needs.rowsPerUnit() == 1
                && moving > 0
                && !objective.moves(batch.rows().get(moving - 1))) {
            moving--;
        }
        List<TokenSequence> first = rows.subList(0, moving);
        List<DjlNetwork.Part> parts = network.parts(first, needs.rowsPerUnit());
        gradient.begin(parts.stream().mapToInt(part -> part.runs().size()).toArray());
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        Accumulation sum = new Accumulation();
        try {
            network.sideBySide(parts, part -> accumulate(pieces, part, failure)).forEach(sum::add);
        } catch (RuntimeException later) {
            RuntimeException cause = failure.get();
            throw cause == null ? later : cause;
        }
        int from = moving;
        List<DjlNetwork.Part> still = network.parts(rows.subList(from, rows.size()), 1);
        network.sideBySide(still, part -> watch(pieces, from, part)).forEach(sum::add);
        sum.statistics.put(STILL, (rows.size() - moving) / (double) Math.max(1, rows.size()));
        return sum;
    }

    /** Loss and statistics of rows that move nothing. */
    private Accumulation watch(Pieces pieces, int from, DjlNetwork.Part part) {
        Accumulation sum = new Accumulation();
        for (MicroBatches.Slice run : part.runs()) {
            try (NDManager scope = NativeScope.open()) {
                MicroBatches.Slice place = new MicroBatches.Slice(from + run.first(), from + run.end());
                sum.add(pieces.there(network.decoder(), scope, place, false), place.first(), pieces);
            }
        }
        return sum;
    }

    /** What all parts of a batch have in common. */
    private record Pieces(TrainingBatch batch, Objective objective, Objective.Prepared prepared, BatchDump dump) {
        /** What the network says of some rows. */
        Decoder.Pass there(Decoder decoder, NDManager scope, MicroBatches.Slice run, boolean gradient) {
            Set<Output> wanted = objective.needs().outputs();
            Decoder.Pass pass =
                    decoder.forward(scope, run.of(batch.sequences()), batch.temperature(), wanted, gradient);
            dump.said(run.first(), pass.outputs());
            DjlNetwork.requireFinite(pass.outputs());
            return pass;
        }

        /** What the objective makes of it. */
        TokenGradients at(int first, Decoder.Pass pass) {
            TokenGradients coefficients = objective.at(prepared, first, pass.outputs());
            dump.asked(first, coefficients);
            return coefficients;
        }
    }

    private Accumulation accumulate(Pieces pieces, DjlNetwork.Part part, AtomicReference<RuntimeException> failure) {
        Accumulation sum = new Accumulation();
        try {
            for (int run = 0; run < part.runs().size(); run++) {
                MicroBatches.Slice slice = part.runs().get(run);
                try (NDManager scope = NativeScope.open()) {
                    Decoder.Pass pass = pieces.there(network.decoder(), scope, slice, true);
                    TokenGradients coefficients = sum.add(pass, slice.first(), pieces);
                    pass.gradients(gradient, new BatchGradient.Share(part.index(), run), coefficients);
                }
            }
            return sum;
        } catch (RuntimeException mine) {
            failure.compareAndSet(null, mine);
            gradient.fail();
            throw mine;
        }
    }

    /** Loss and statistics of some rows, which add up. */
    static final class Accumulation {
        private final Map<String, Double> statistics = new TreeMap<>();
        private double loss;
        private long positions;

        private Accumulation() {}

        private TokenGradients add(Decoder.Pass pass, int first, Pieces pieces) {
            TokenGradients coefficients = pieces.at(first, pass);
            loss += coefficients.loss();
            positions += pass.positions();
            coefficients.statistics().forEach((name, value) -> statistics.merge(name, value, Double::sum));
            return coefficients;
        }

        private void add(Accumulation part) {
            loss += part.loss;
            positions += part.positions;
            part.statistics.forEach((name, value) -> statistics.merge(name, value, Double::sum));
        }

        double loss() {
            return loss;
        }
    }

    /** The gradient of the last batch. */
    BatchGradient gradient() {
        return gradient;
    }

    @Override
    public TokenOutputs evaluate(List<TokenSequence> rows, double temperature, Set<Output> wanted) {
        return network.evaluate(rows, temperature, wanted);
    }

    @Override
    public void save(Path modelDirectory) {
        network.save(modelDirectory);
    }

    @Override
    public void saveState(Path stateDirectory) {
        try {
            Files.createDirectories(stateDirectory);
        } catch (IOException e) {
            throw RlhfException.resource("cannot write " + stateDirectory + ": " + e.getMessage(), e);
        }
        Parameters weights = network.decoder().parameters();
        weights.write(
                stateDirectory.resolve(WEIGHTS),
                weights.precision() == Precision.FLOAT32 ? NumberFormat.F32 : NumberFormat.BF16);
        optimiser.save(stateDirectory);
        JsonFile.write(
                stateDirectory.resolve(STATE),
                JsonNodeFactory.instance.objectNode().put(STEPS, optimiser.steps()));
    }

    @Override
    public void loadState(Path stateDirectory) {
        NativeScope.prepareThread(network.settings().threads());
        Path state = stateDirectory.resolve(STATE);
        JsonNode steps = JsonFile.read(state).path(STEPS);
        if (!steps.canConvertToLong() || steps.asLong() < 0) {
            throw RlhfException.user(state + " has no count " + STEPS);
        }
        network.decoder()
                .parameters()
                .load(
                        Checkpoint.ofFile(stateDirectory.resolve(WEIGHTS)),
                        network.settings().seed());
        optimiser.load(stateDirectory, steps.asLong());
    }

    /** The decoder, for tests of its gradients. */
    Decoder decoder() {
        return network.decoder();
    }

    @Override
    public void close() {
        gradient.close();
        optimiser.close();
        network.close();
    }
}
