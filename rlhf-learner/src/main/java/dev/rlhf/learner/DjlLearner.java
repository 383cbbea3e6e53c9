package dev.rlhf.learner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Device;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Precision;
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
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

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
        if (settings.device() == Device.CPU) {
            SelfTest.failure(settings.threads())
                    .filter(failure -> !failure.repeats())
                    .ifPresent(failure -> LOG.log(Level.WARNING, failure.sentence()));
        }
        AdamW optimiser =
                AdamW.of(optimiserSettings, totalSteps, network.decoder().parameters());
        optimiser.startFrom(Checkpoint.ofDirectory(Path.of(settings.modelDirectory())), settings.seed());
        return new DjlLearner(network, optimiser);
    }

    @Override
    public UpdateReport update(TrainingBatch given, Objective objective) {
        TrainingBatch batch = GradientAccumulation.movingFirst(given, objective);
        network.prepare(batch.sequences());
        BatchDump dump = new BatchDump(network.settings().divergedBatch(), optimiser.steps() + 1, batch);
        return dump.around(() -> update(batch, objective, dump));
    }

    private UpdateReport update(TrainingBatch batch, Objective objective, BatchDump dump) {
        GradientAccumulation.Sum sum = accumulate(batch, objective, dump);
        double norm = optimiser.norm(gradient.leaves());
        dump.sum(sum.loss(), norm);
        if (!Double.isFinite(norm) || !Double.isFinite(sum.loss())) {
            throw RlhfException.diverged("optimiser step " + (optimiser.steps() + 1) + " has loss " + sum.loss()
                    + " and gradient norm " + norm + "; the weights are unchanged");
        }
        double rate = optimiser.step(gradient.leaves(), norm);
        int tokens = batch.sequences().stream().mapToInt(TokenSequence::length).sum();
        return sum.report(norm, rate, tokens);
    }

    /** Loss of a whole batch, and its {@link #gradient}, for tests of the gradients. */
    GradientAccumulation.Sum accumulate(TrainingBatch batch, Objective objective) {
        return accumulate(batch, objective, new BatchDump(null, 1, batch));
    }

    private GradientAccumulation.Sum accumulate(TrainingBatch batch, Objective objective, BatchDump dump) {
        return GradientAccumulation.of(network, gradient, batch, objective, dump);
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
            throw FileFault.unwritten(stateDirectory, e);
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
