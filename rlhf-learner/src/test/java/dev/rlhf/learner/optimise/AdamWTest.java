package dev.rlhf.learner.optimise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.TensorFile;
import dev.rlhf.learner.files.TensorFile.Raw;
import dev.rlhf.learner.model.Parameters;
import dev.rlhf.learner.model.WeightLayout.Weight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fifty steps beside torch's; the vector is made by tools/golden/adamw.py. */
class AdamWTest {
    private static final int STEPS = 50;
    private static final double TOLERANCE = 1e-5;
    private static final OptimiserSettings SETTINGS =
            new OptimiserSettings(3e-3, OptimiserSettings.Schedule.CONSTANT, 10, 1, 0.9, 0.95, 1e-8, 0.1, 300);

    @TempDir
    private Path directory;

    private final TorchSteps torch = TorchSteps.read();

    @Test
    void fiftyStepsEndWhereTorchEnds() throws IOException {
        try (Parameters weights = begin("float32.", Precision.FLOAT32);
                AdamW optimiser = AdamW.of(SETTINGS, STEPS, weights)) {
            learn(optimiser, "float32.", 0, 10);
            assertClose("float32.after10.", written(weights), TOLERANCE);
            learn(optimiser, "float32.", 10, STEPS);
            assertClose("float32.after50.", written(weights), TOLERANCE);
        }
    }

    @Test
    void bfloat16WeightsAreRoundedMasters() throws IOException {
        try (Parameters weights = begin("bfloat16.", Precision.BFLOAT16);
                AdamW optimiser = AdamW.of(SETTINGS, STEPS, weights)) {
            learn(optimiser, "bfloat16.", 0, STEPS);
            optimiser.save(directory);
            Map<String, Raw> masters = TensorFile.read(directory.resolve(AdamW.MASTERS));
            assertClose("bfloat16.master50.", masters, TOLERANCE);
            Map<String, Raw> rounded = written(weights);
            masters.forEach((name, master) -> assertThat(TorchSteps.bytes(rounded, name))
                    .as(name)
                    .isEqualTo(TensorFile.as(NumberFormat.BF16, master).bytes()));
            assertClose("bfloat16.after50.", rounded, 0x1p-9);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSavedContinuesToTheBit(Precision precision) throws IOException {
        String prefix = precision == Precision.FLOAT32 ? "float32." : "bfloat16.";
        Path state = Files.createDirectories(directory.resolve("state"));
        Map<String, Raw> straight;
        try (Parameters weights = begin(prefix, precision);
                AdamW optimiser = AdamW.of(SETTINGS, STEPS, weights)) {
            learn(optimiser, prefix, 0, 20);
            optimiser.save(state);
            weights.write(state.resolve("weights.safetensors"), NumberFormat.F32);
            learn(optimiser, prefix, 20, 40);
            straight = state(optimiser, weights);
        }
        try (Parameters weights = begin(prefix, precision);
                AdamW optimiser = AdamW.of(SETTINGS, STEPS, weights)) {
            learn(optimiser, prefix, 0, 3);
            weights.load(Checkpoint.ofFile(state.resolve("weights.safetensors")), new Seed(0));
            optimiser.load(state, 20);
            learn(optimiser, prefix, 20, 40);
            Map<String, Raw> resumed = state(optimiser, weights);
            assertThat(resumed).hasSameSizeAs(straight);
            straight.forEach((name, raw) ->
                    assertThat(TorchSteps.bytes(resumed, name)).as(name).isEqualTo(raw.bytes()));
        }
    }

    @Test
    void aStateWithoutMastersIsRefused() throws IOException {
        try (Parameters weights = begin("float32.", Precision.FLOAT32);
                AdamW optimiser = AdamW.of(SETTINGS, STEPS, weights)) {
            optimiser.save(directory);
        }
        try (Parameters weights = begin("bfloat16.", Precision.BFLOAT16);
                AdamW optimiser = AdamW.of(SETTINGS, STEPS, weights)) {
            assertThatThrownBy(() -> optimiser.load(directory, 1))
                    .isInstanceOfSatisfying(
                            RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                    .hasMessageContaining(directory.resolve(AdamW.MASTERS).toString());
        }
    }

    @Test
    void mastersMayStartFromWhatWasRead() throws IOException {
        Path file = directory.resolve("float32.safetensors");
        TensorFile.write(file, torch.of("float32.before."));
        try (Parameters weights = begin("bfloat16.", Precision.BFLOAT16);
                AdamW optimiser = AdamW.of(SETTINGS, STEPS, weights)) {
            optimiser.startFrom(Checkpoint.ofFile(file), new Seed(0));
            optimiser.save(directory);
            Map<String, Raw> masters = TensorFile.read(directory.resolve(AdamW.MASTERS));
            Map<String, Raw> rounded = written(weights);
            torch.of("float32.before.").forEach((name, raw) -> {
                assertThat(TorchSteps.bytes(masters, name)).isEqualTo(raw.bytes());
                assertThat(TorchSteps.bytes(rounded, name))
                        .isEqualTo(TensorFile.as(NumberFormat.BF16, raw).bytes());
            });
        }
    }

    /** 256 + 1 is 256 in bfloat16; a hundred of them are 356 where sums are kept as a gradient is. */
    @Test
    void termsOfBfloat16AreAddedInFloat32() throws IOException {
        Map<String, Raw> one = new LinkedHashMap<>();
        Map<String, Raw> many = new LinkedHashMap<>();
        for (Weight weight : torch.layout().weights()) {
            one.put(weight.name(), filled(weight, 1));
            many.put(weight.name(), filled(weight, 256));
        }
        ScriptModule module = ScriptModule.compile("""
                  def add(self: __torch__.Ops, sums: List[Tensor], terms: List[Tensor]) -> NoneType:
                    torch._foreach_add_(sums, terms)
                    return None
                """);
        try (Parameters ones = loaded(one, Precision.BFLOAT16);
                Parameters begin = loaded(many, Precision.BFLOAT16);
                Parameters sums = Parameters.zeros(torch.layout())) {
            module.perform("add", sums.leaves(), begin.leaves());
            for (int i = 0; i < 100; i++) {
                module.perform("add", sums.leaves(), ones.leaves());
            }
            for (float number : sums.flat().get(0).toFloatArray()) {
                assertThat(number).isEqualTo(356f);
            }
        } finally {
            module.close();
        }
    }

    @Test
    void leavesOfBfloat16SeeTheFlatLayer() throws IOException {
        try (Parameters weights = begin("bfloat16.", Precision.BFLOAT16);
                NDManager scope = NativeScope.open()) {
            ScriptModule module = ScriptModule.compile("""
                      def grow(self: __torch__.Ops, leaf: Tensor) -> Tensor:
                        return torch.to(torch.add_(leaf, 64.0), 6, False, False)
                    """);
            NDList leaves = weights.leaves();
            assertThat(leaves.get(leaves.size() - 1).getShape().getShape())
                    .containsExactly(
                            torch.layout().weights().get(leaves.size() - 1).shape());
            float[] grown = module.call(scope, "grow", leaves.get(1)).toFloatArray();
            String name = torch.layout().weights().get(1).name();
            assertThat(TorchSteps.numbers(written(weights), name)).containsExactly(grown);
            assertThat(grown[0]).isGreaterThan(32f);
            module.close();
        }
    }

    private Parameters begin(String prefix, Precision precision) throws IOException {
        return loaded(torch.of(prefix + "before."), precision);
    }

    private Parameters loaded(Map<String, Raw> tensors, Precision precision) throws IOException {
        Path file = directory.resolve("loaded.safetensors");
        TensorFile.write(file, tensors);
        Parameters parameters = Parameters.zeros(torch.layout(), precision, Backend.CPU);
        parameters.load(Checkpoint.ofFile(file), new Seed(0));
        return parameters;
    }

    private void learn(AdamW optimiser, String prefix, int from, int to) {
        FloatBuffer norms = torch.buffer(prefix + "norms");
        for (int step = from; step < to; step++) {
            try (NDManager scope = NativeScope.open()) {
                NDList gradients = new NDList();
                for (Weight weight : torch.layout().weights()) {
                    FloatBuffer all = torch.buffer(prefix + "gradients." + weight.name());
                    float[] own = new float[(int) weight.size()];
                    all.position(step * own.length).get(own);
                    gradients.add(scope.create(own).reshape(weight.shape()));
                }
                double norm = optimiser.norm(gradients);
                assertThat(norm).isCloseTo(norms.get(step), within(TOLERANCE * norm));
                double rate = optimiser.step(gradients, norm);
                assertThat(rate).isCloseTo(3e-3 * Math.min(1, (step + 1) / 10.0), within(1e-12));
            }
        }
        assertThat(optimiser.steps()).isEqualTo(to);
    }

    private Map<String, Raw> written(Parameters parameters) {
        Path file = directory.resolve("written.safetensors");
        parameters.write(file, parameters.precision() == Precision.FLOAT32 ? NumberFormat.F32 : NumberFormat.BF16);
        Map<String, Raw> raw = TensorFile.read(file);
        if (parameters.precision() == Precision.BFLOAT16) {
            raw.replaceAll((name, tensor) -> TensorFile.as(NumberFormat.BF16, tensor));
        }
        return raw;
    }

    private Map<String, Raw> state(AdamW optimiser, Parameters weights) {
        optimiser.save(directory);
        Map<String, Raw> all = new LinkedHashMap<>();
        written(weights).forEach((name, raw) -> all.put("weights." + name, raw));
        for (String file : List.of(AdamW.FIRST_MOMENTS, AdamW.SECOND_MOMENTS, AdamW.MASTERS)) {
            if (Files.exists(directory.resolve(file))) {
                TensorFile.read(directory.resolve(file)).forEach((name, raw) -> all.put(file + name, raw));
            }
        }
        return all;
    }

    private void assertClose(String prefix, Map<String, Raw> found, double tolerance) {
        Map<String, Raw> wanted = torch.of(prefix);
        assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(wanted.keySet());
        wanted.keySet().forEach(name -> {
            float[] mine = TorchSteps.numbers(found, name);
            float[] theirs = TorchSteps.numbers(wanted, name);
            double largest = 0;
            for (float number : theirs) {
                largest = Math.max(largest, Math.abs(number));
            }
            for (int i = 0; i < theirs.length; i++) {
                assertThat((double) mine[i]).as(prefix + name).isCloseTo(theirs[i], within(tolerance * largest));
            }
        });
    }

    private static Raw filled(Weight weight, float number) {
        ByteBuffer bytes =
                ByteBuffer.allocate((int) weight.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.putFloat(number);
        }
        return new Raw("F32", weight.shape(), bytes.array());
    }
}
