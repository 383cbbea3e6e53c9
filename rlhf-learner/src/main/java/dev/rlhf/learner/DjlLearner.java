package dev.rlhf.learner;

import ai.djl.ndarray.NDList;
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

    private DjlLearner(DjlNetwork network, AdamW optimiser) {
        this.network = network;
        this.optimiser = optimiser;
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
        try (NDManager scope = NativeScope.open()) {
            Accumulation sum = accumulate(scope, batch, objective, dump);
            double norm = optimiser.norm(sum.gradients);
            dump.sum(sum.loss, norm);
            if (!Double.isFinite(norm) || !Double.isFinite(sum.loss)) {
                throw RlhfException.diverged("optimiser step " + (optimiser.steps() + 1) + " has loss " + sum.loss
                        + " and gradient norm " + norm + "; the weights are unchanged");
            }
            double rate = optimiser.step(sum.gradients, norm);
            int tokens = rows.stream().mapToInt(TokenSequence::length).sum();
            return new UpdateReport(sum.loss, norm, rate, tokens, sum.statistics);
        }
    }

    /** Loss and gradient of a whole batch, for tests of the gradients. */
    Accumulation accumulate(NDManager scope, TrainingBatch batch, Objective objective) {
        return accumulate(scope, batch, objective, new BatchDump(null, 1, batch));
    }

    /** Loss and gradient of a whole batch: its parts side by side, their runs one after the other. */
    private Accumulation accumulate(NDManager scope, TrainingBatch batch, Objective objective, BatchDump dump) {
        List<TokenSequence> rows = batch.sequences();
        Needs needs = objective.needs();
        Optional<TokenOutputs> firstPass = needs.firstPass()
                ? Optional.of(network.evaluate(rows, batch.temperature(), needs.outputs()))
                : Optional.empty();
        Objective.Prepared prepared = objective.prepare(batch, firstPass);
        Accumulation sum = new Accumulation();
        network.sideBySide(rows, needs.rowsPerUnit(), runs -> accumulate(scope, batch, objective, prepared, runs, dump))
                .forEach(part -> add(sum, part));
        return sum;
    }

    private Accumulation accumulate(
            NDManager scope,
            TrainingBatch batch,
            Objective objective,
            Objective.Prepared prepared,
            List<MicroBatches.Slice> runs,
            BatchDump dump) {
        Set<Output> wanted = objective.needs().outputs();
        Accumulation sum = new Accumulation();
        for (MicroBatches.Slice run : runs) {
            try (NDManager inner = NativeScope.open()) {
                Decoder.Pass pass =
                        network.decoder().forward(inner, run.of(batch.sequences()), batch.temperature(), wanted, true);
                dump.said(run.first(), pass.outputs());
                DjlNetwork.requireFinite(pass.outputs());
                TokenGradients coefficients = objective.at(prepared, run.first(), pass.outputs());
                dump.asked(run.first(), coefficients);
                NDManager owner = sum.gradients.isEmpty() ? scope : inner;
                add(sum, new Accumulation(pass.gradients(owner, coefficients), coefficients));
            }
        }
        return sum;
    }

    private void add(Accumulation sum, Accumulation part) {
        if (sum.gradients.isEmpty()) {
            sum.gradients.addAll(part.gradients);
        } else {
            optimiser.add(sum.gradients, part.gradients);
        }
        sum.loss += part.loss;
        part.statistics.forEach((name, value) -> sum.statistics.merge(name, value, Double::sum));
    }

    /** Gradients, loss and statistics of some rows, which add up. */
    static final class Accumulation {
        private final NDList gradients = new NDList();
        private final Map<String, Double> statistics = new TreeMap<>();
        private double loss;

        private Accumulation() {}

        private Accumulation(NDList gradients, TokenGradients coefficients) {
            this.gradients.addAll(gradients);
            this.statistics.putAll(coefficients.statistics());
            this.loss = coefficients.loss();
        }

        NDList gradients() {
            return gradients;
        }

        double loss() {
            return loss;
        }
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
        optimiser.close();
        network.close();
    }
}
