package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads on bfloat16 rows against themselves on the same numbers in float32. */
class BrainFloatHeadsTest {
    private static final int N = 11;
    private static final int D = 16;
    private static final int V = 13;
    private static final float[][] NONE = {};

    private final Random random = new Random(3);
    private final float[] hidden = drawn(N * D);
    private final float[] matrix = drawn(V * D);
    private final float[] byOne = drawn(N);
    private final float[] byOther = drawn(N);

    /** What a head says and derives. */
    private record Passed(float[] first, float[] second, float[] byHidden, float[] byMatrix) {}

    @ParameterizedTest
    @CsvSource({"0, 11, true", "0, 4, true", "0, 4, false", "2, 11, true", "2, 4, false"})
    void wordsAreReadAndDerivedInFloat32(double cap, int rows, boolean onto) {
        SoftCap bend = cap == 0 ? SoftCap.none() : SoftCap.at(cap);
        TokenGradients asked =
                new TokenGradients(0, new float[][] {byOne}, new float[][] {byOther}, NONE, Map.of(), Map.of());
        long chunk = (long) rows * V * Float.BYTES;
        assertNear(
                pass(LanguageModelHead.of(bend, Precision.BFLOAT16, Backend.CPU, chunk), V, true, asked, onto),
                pass(LanguageModelHead.of(bend, Precision.FLOAT32, Backend.CPU, chunk), V, false, asked, onto),
                0.01);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void valuesAreProductsInFloat32(boolean onto) {
        TokenGradients asked = new TokenGradients(0, NONE, NONE, new float[][] {byOne}, Map.of(), Map.of());
        Passed rounded = pass(ScalarHead.of(Precision.BFLOAT16, Backend.CPU), 1, true, asked, onto);
        Passed single = pass(ScalarHead.of(Precision.FLOAT32, Backend.CPU), 1, false, asked, onto);
        assertNear(rounded, single, 0.003);
        assertThat(rounded.first).isEqualTo(single.first);
        assertThat(rounded.byMatrix).isEqualTo(single.byMatrix);
    }

    @Test
    void productsAreTheSameWhereTheProcessorHasNone() {
        NativeScope.prepareThread(1);
        float[][] sums = new float[2][];
        for (int i = 0; i < sums.length; i++) {
            try (ScriptModule numbers = ScriptModule.compile(NumberMethods.ofBrainFloats(i == 0));
                    NDManager scope = NativeScope.open()) {
                NDArray a = numbers.call(scope, "rounded", scope.create(hidden, new Shape(N, D)));
                NDArray b = numbers.call(scope, "rounded", scope.create(matrix, new Shape(D, V)));
                NDArray sum = scope.ones(new Shape(N, V));
                numbers.perform("grow", sum, a, b);
                sums[i] = sum.toFloatArray();
            }
        }
        assertThat(sums[0]).isNotEqualTo(sums[1]);
        assertNear("sums", sums[0], sums[1], 0.003);
    }

    private Passed pass(OutputHead head, int columns, boolean rounds, TokenGradients asked, boolean onto) {
        NativeScope.prepareThread(1);
        try (head;
                ScriptModule numbers = ScriptModule.compile(NumberMethods.of(Precision.BFLOAT16, Backend.CPU));
                NDManager scope = NativeScope.open()) {
            NDArray rows = numbers.call(scope, "rounded", scope.create(hidden, new Shape(N, D)));
            float[] first = new float[columns * D];
            System.arraycopy(matrix, 0, first, 0, first.length);
            NDArray weights = numbers.call(scope, "rounded", scope.create(first, new Shape(columns, D)));
            if (!rounds) {
                rows = numbers.call(scope, "widened", rows);
                weights = numbers.call(scope, "widened", weights);
            }
            Head kind = columns == 1 ? Head.VALUE : Head.LANGUAGE_MODEL;
            int[] targets = new int[N];
            RowLayout layout = RowLayout.of(List.of(TokenSequence.of(new int[] {0}, targets)), kind, 0);
            OutputHead.Reading reading =
                    head.read(scope, rows, weights, layout, 0.7, EnumSet.of(Output.LOG_PROBS, Output.ENTROPIES));
            NDArray sum = scope.full(weights.getShape(), onto ? 1f : Float.NaN);
            NDArray byHidden = numbers.call(scope, "widened", reading.gradients(asked, sum, onto));
            boolean words = columns > 1;
            return new Passed(
                    (words ? reading.outputs().logProbs() : reading.outputs().values())[0],
                    words ? reading.outputs().entropies()[0] : new float[] {1},
                    byHidden.toFloatArray(),
                    sum.toFloatArray());
        }
    }

    private static void assertNear(Passed found, Passed wanted, double tolerance) {
        assertNear("outputs", found.first, wanted.first, tolerance);
        assertNear("entropies", found.second, wanted.second, tolerance);
        assertNear("by rows", found.byHidden, wanted.byHidden, tolerance);
        assertNear("by matrix", found.byMatrix, wanted.byMatrix, tolerance);
    }

    private static void assertNear(String what, float[] found, float[] wanted, double tolerance) {
        assertThat(found).as(what).hasSameSizeAs(wanted);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < wanted.length; i++) {
            difference += Math.pow((double) found[i] - wanted[i], 2);
            norm += Math.pow(wanted[i], 2);
        }
        assertThat(Math.sqrt(difference / norm)).as(what).isLessThan(tolerance);
    }

    private float[] drawn(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
