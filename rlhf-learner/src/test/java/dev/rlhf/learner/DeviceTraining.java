package dev.rlhf.learner;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Device;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.files.Safetensors;
import dev.rlhf.learner.model.LlamaShape;
import dev.rlhf.learner.model.ModelInitialiser;
import dev.rlhf.learner.optimise.AdamW;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Steps: AdamW beside the CPU's, equal bits of equal seeds, states that go on, numbers that are not finite, memory that lacks. */
final class DeviceTraining {
    private static final int STEPS = 50;
    private static final double AFTER_STEPS = 1e-3;
    private static final double ROUNDED = 1e-2;

    /** So small a rate that rounding does not grow from step to step. */
    private static final OptimiserSettings CALM =
            new OptimiserSettings(1e-3, OptimiserSettings.Schedule.CONSTANT, 0, 1, 0.9, 0.95, 1e-8, 0.1, 0.5);

    private final DeviceProof proof;
    private final Path model;

    private DeviceTraining(DeviceProof proof, Path model) {
        this.proof = proof;
        this.model = model;
    }

    static void run(DeviceProof proof) {
        Path model = proof.folder().resolve("model");
        LlamaShape shape =
                new LlamaShape(512, 128, 4, 4, 2, 32, 384, 256, RotaryEmbedding.of(10_000), 1e-6, true, List.of());
        ModelInitialiser.random(shape.toJson(), new Seed(1), model);
        DeviceTraining training = new DeviceTraining(proof, model);
        for (Precision precision : Precision.values()) {
            proof.part("equal bits, " + precision, () -> training.equalBits(precision));
            proof.part("going on, " + precision, () -> training.goesOn(precision));
        }
        proof.part("steps", training::steps);
        proof.part("not finite", training::stops);
        proof.part("memory", training::lacksMemory);
    }

    private DjlLearner open(Device device, Precision precision) {
        return DjlLearner.open(
                proof.settings(model, Head.LANGUAGE_MODEL, precision, device), GoldenCase.OPTIMISER, 1000);
    }

    /** Batches of rows of many lengths, some of which share prompts. */
    private static TrainingBatch batch(int number) {
        RandomGenerator random = new Seed(number).random();
        List<Experience> rows = new ArrayList<>();
        for (int group = 0; group < 4; group++) {
            int[] prompt = random.ints(10 + 20 * group, 1, 512).toArray();
            for (int row = 0; row < 6; row++) {
                int[] tokens = Arrays.copyOf(prompt, prompt.length + 5 + 11 * row);
                for (int t = prompt.length; t < tokens.length; t++) {
                    tokens[t] = (tokens[t - 1] * 7 + random.nextInt(3)) % 512;
                }
                rows.add(Experience.of(new TokenSequence(tokens, prompt.length)));
            }
        }
        return new TrainingBatch(rows, 1, 64);
    }

    private static double update(DjlLearner learner, int number) {
        TrainingBatch batch = batch(number);
        return learner.update(batch, FixedCoefficients.likelihood(batch)).loss();
    }

    private Path state(DjlLearner learner, String name) {
        Path state = proof.folder().resolve(name);
        learner.saveState(state);
        return state;
    }

    private static boolean same(Path one, Path other, String file) throws Exception {
        return Files.mismatch(one.resolve(file), other.resolve(file)) < 0;
    }

    private void equalBits(Precision precision) throws Exception {
        List<Path> states = new ArrayList<>();
        List<Map<String, float[]>> gradients = new ArrayList<>();
        for (int time = 0; time < 2; time++) {
            try (DjlLearner learner = open(proof.device(), precision)) {
                TrainingBatch batch = batch(0);
                learner.accumulate(batch, FixedCoefficients.likelihood(batch));
                gradients.add(GoldenCase.byName(learner));
                for (int step = 0; step < 10; step++) {
                    update(learner, step);
                }
                states.add(state(learner, "time" + time + precision));
            }
        }
        List<String> differing = gradients.get(0).keySet().stream()
                .filter(name -> !Arrays.equals(
                        gradients.get(0).get(name), gradients.get(1).get(name)))
                .toList();
        proof.say(differing.isEmpty(), precision + ", a gradient computed twice has equal bits; else in " + differing);
        proof.say(
                same(states.get(0), states.get(1), DjlLearner.WEIGHTS)
                        && same(states.get(0), states.get(1), AdamW.SECOND_MOMENTS),
                precision + ", ten steps taken twice end in equal bits");
    }

    private void goesOn(Precision precision) throws Exception {
        Path whole;
        Path half;
        try (DjlLearner learner = open(proof.device(), precision)) {
            update(learner, 0);
            half = state(learner, "half" + precision);
            update(learner, 1);
            whole = state(learner, "whole" + precision);
        }
        try (DjlLearner learner = open(proof.device(), precision)) {
            learner.loadState(half);
            proof.say(
                    same(half, state(learner, "again" + precision), DjlLearner.WEIGHTS),
                    precision + ", a state is read as it was written");
            update(learner, 1);
            proof.say(
                    same(whole, state(learner, "resumed" + precision), DjlLearner.WEIGHTS),
                    precision + ", a learner that goes on from a state ends in the bits of one that was not stopped");
        }
        try (DjlLearner learner = open(Device.CPU, precision)) {
            learner.loadState(half);
            proof.say(
                    same(half, state(learner, "cpu" + precision), DjlLearner.WEIGHTS),
                    precision + ", the CPU reads that state and writes the same");
        }
    }

    /** Steps of the device beside those of the CPU; two threads of the CPU, which round otherwise, say how far rounding alone leads. */
    private void steps() {
        for (int count : new int[] {1, 10, STEPS}) {
            Stepped oracle = stepped("oracle" + count, Device.CPU, Precision.FLOAT32, 1, count);
            Stepped otherwise = stepped("otherwise" + count, Device.CPU, Precision.FLOAT32, 2, count);
            Stepped here = stepped("here" + count, proof.device(), Precision.FLOAT32, 1, count);
            String after = "after " + count + " steps of AdamW, beside the CPU's: ";
            proof.close(after + "the last loss", Math.abs(here.last() / oracle.last() - 1), DeviceProof.CLOSE);
            double rounding = worst(otherwise, oracle);
            proof.close(
                    String.format(
                            Locale.ROOT,
                            "%sthe worst weight, where another rounding of the CPU's leads to %.2g",
                            after,
                            rounding),
                    worst(here, oracle),
                    AFTER_STEPS);
            Stepped rounded = stepped("rounded" + count, proof.device(), Precision.BFLOAT16, 1, count);
            proof.close(after + "the last loss of bfloat16", Math.abs(rounded.last() / oracle.last() - 1), ROUNDED);
        }
    }

    private record Stepped(double last, Path state) {}

    private Stepped stepped(String name, Device device, Precision precision, int threads, int count) {
        try (DjlLearner learner = DjlLearner.open(
                proof.settings(model, Head.LANGUAGE_MODEL, precision, device, 8192, threads), CALM, 1000)) {
            double last = Double.NaN;
            for (int step = 0; step < count; step++) {
                last = update(learner, step);
            }
            return new Stepped(last, state(learner, name));
        }
    }

    private static double worst(Stepped found, Stepped oracle) {
        Safetensors wanted = Safetensors.open(oracle.state().resolve(DjlLearner.WEIGHTS));
        Safetensors here = Safetensors.open(found.state().resolve(DjlLearner.WEIGHTS));
        return wanted.names().stream()
                .mapToDouble(
                        name -> DeviceProof.error(GoldenCase.numbers(here, name), GoldenCase.numbers(wanted, name)))
                .max()
                .orElse(Double.NaN);
    }

    private void stops() throws Exception {
        try (DjlLearner learner = open(proof.device(), Precision.FLOAT32)) {
            Path before = state(learner, "before");
            TrainingBatch batch = batch(0);
            FixedCoefficients likelihood = FixedCoefficients.likelihood(batch);
            likelihood.logProbs()[3][2] = Float.NaN;
            RlhfException thrown = null;
            try {
                learner.update(batch, likelihood);
            } catch (RlhfException stopped) {
                thrown = stopped;
            }
            proof.say(
                    thrown != null
                            && thrown.kind() == ErrorKind.DIVERGED
                            && same(before, state(learner, "after"), DjlLearner.WEIGHTS),
                    "a number that is not finite stops it, and the weights are as they were: "
                            + (thrown == null ? "not thrown" : thrown.getMessage()));
        }
    }

    private void lacksMemory() {
        ScriptModule module = ScriptModule.compile("""
                  def large(self: __torch__.Ops, x: Tensor) -> Tensor:
                    return torch.new_zeros(x, [1099511627776])
                """);
        try (NDManager scope = Backend.of(proof.device()).open()) {
            module.call(scope, "large", scope.zeros(new Shape(1)));
            proof.say(false, "4 TiB were given");
        } catch (RlhfException lacks) {
            proof.say(lacks.kind() == ErrorKind.RESOURCE, "memory that lacks: " + lacks.getMessage());
        } finally {
            module.close();
        }
    }
}
