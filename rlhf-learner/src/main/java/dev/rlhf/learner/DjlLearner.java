package dev.rlhf.learner;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Needs;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import dev.rlhf.learner.decoder.BatchGradient;
import dev.rlhf.learner.decoder.Decoder;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.SelfTest;
import dev.rlhf.learner.files.BatchDump;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.optimise.AdamW;
import dev.rlhf.learner.optimise.MicroBatches;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
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
        return new DjlLearner(
                network,
                AdamW.of(optimiserSettings, totalSteps, network.decoder().parameters()));
    }

    @Override
    public UpdateReport update(TrainingBatch batch, Objective objective) {
        network.prepare(batch.sequences());
        BatchDump dump = new BatchDump(network.settings().divergedBatch(), optimiser.steps() + 1, batch);
        return dump.around(() -> update(batch, objective, dump));
    }

    private UpdateReport update(TrainingBatch batch, Objective objective, BatchDump dump) {
        List<TokenSequence> rows = batch.sequences();
        Accumulation sum = accumulate(batch, objective, dump);
        double norm = optimiser.norm(gradient.leaves());
        dump.sum(sum.loss, norm);
        if (!Double.isFinite(norm) || !Double.isFinite(sum.loss)) {
            throw RlhfException.diverged("optimiser step " + (optimiser.steps() + 1) + " has loss " + sum.loss
                    + " and gradient norm " + norm + "; the weights are unchanged");
        }
        double rate = optimiser.step(gradient.leaves(), norm);
        int tokens = rows.stream().mapToInt(TokenSequence::length).sum();
        return new UpdateReport(sum.loss, norm, rate, tokens, sum.statistics);
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
        Objective.Prepared prepared = objective.prepare(batch, firstPass);
        gradient.begin(network.parts(rows, needs.rowsPerUnit()).stream()
                .mapToInt(part -> part.runs().size())
                .toArray());
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        Accumulation sum = new Accumulation();
        Pieces pieces = new Pieces(batch, objective, prepared, dump);
        try {
            network.sideBySide(rows, needs.rowsPerUnit(), part -> accumulate(pieces, part, failure))
                    .forEach(sum::add);
        } catch (RuntimeException later) {
            RuntimeException first = failure.get();
            throw first == null ? later : first;
        }
        return sum;
    }

    /** What all parts of a batch have in common. */
    private record Pieces(TrainingBatch batch, Objective objective, Objective.Prepared prepared, BatchDump dump) {}

    private Accumulation accumulate(Pieces pieces, DjlNetwork.Part part, AtomicReference<RuntimeException> failure) {
        Accumulation sum = new Accumulation();
        try {
            for (int run = 0; run < part.runs().size(); run++) {
                sum.add(accumulate(pieces, part.runs().get(run), new BatchGradient.Share(part.index(), run)));
            }
            return sum;
        } catch (RuntimeException mine) {
            failure.compareAndSet(null, mine);
            gradient.fail();
            throw mine;
        }
    }

    private TokenGradients accumulate(Pieces pieces, MicroBatches.Slice run, BatchGradient.Share share) {
        TrainingBatch batch = pieces.batch();
        Set<Output> wanted = pieces.objective().needs().outputs();
        try (NDManager scope = NativeScope.open()) {
            Decoder.Pass pass =
                    network.decoder().forward(scope, run.of(batch.sequences()), batch.temperature(), wanted, true);
            pieces.dump().said(run.first(), pass.outputs());
            DjlNetwork.requireFinite(pass.outputs());
            TokenGradients coefficients = pieces.objective().at(pieces.prepared(), run.first(), pass.outputs());
            pieces.dump().asked(run.first(), coefficients);
            pass.gradients(gradient, share, coefficients);
            return coefficients;
        }
    }

    /** Loss and statistics of some rows, which add up. */
    static final class Accumulation {
        private final Map<String, Double> statistics = new TreeMap<>();
        private double loss;

        private Accumulation() {}

        private void add(TokenGradients coefficients) {
            loss += coefficients.loss();
            coefficients.statistics().forEach((name, value) -> statistics.merge(name, value, Double::sum));
        }

        private void add(Accumulation part) {
            loss += part.loss;
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
        network.decoder().parameters().write(stateDirectory.resolve(WEIGHTS), NumberFormat.F32);
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
