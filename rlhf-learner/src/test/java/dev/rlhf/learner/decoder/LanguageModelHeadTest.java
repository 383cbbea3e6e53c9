package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The head against its equations in 64-bit numbers, and against itself with its rows cut elsewhere. */
class LanguageModelHeadTest {
    private static final int N = 11;
    private static final int D = 6;
    private static final int V = 13;
    private static final double STEP = 1e-5;
    private static final long ROW = (long) V * Float.BYTES;
    private static final float[][] NONE = {};

    private final Random random = new Random(5);
    private final double[] hidden = drawn(N * D, 1.5);
    private final double[] matrix = drawn(V * D, 1.5);
    private final double[] byLogProb = drawn(N, 1);
    private final double[] byEntropy = drawn(N, 1);
    private final int[] targets = random.ints(N, 0, V).toArray();

    /** What a head says and derives. */
    private record Passed(float[] logProbs, float[] entropies, float[] byHidden, float[] byMatrix) {}

    @ParameterizedTest
    @CsvSource({
        "0, 1, true",
        "0, 0.7, true",
        "0, 0.7, false",
        "2, 1, true",
        "2, 0.7, true",
        "2, 0.7, false",
        "30, 0.7, true"
    })
    void outputsAndDerivativesAreThoseOfTheEquations(double cap, double temperature, boolean entropy) {
        for (long chunk : new long[] {4 * ROW, Long.MAX_VALUE}) {
            Passed passed = pass(cap, chunk, temperature, entropy, false);
            for (int i = 0; i < N; i++) {
                double[] logs = logs(i, cap, temperature);
                assertThat(passed.logProbs[i]).isCloseTo((float) logs[targets[i]], within(5e-6f));
                assertThat(passed.entropies[i]).isCloseTo((float) entropy(logs), within(2e-6f));
            }
            DoubleSupplier loss = () -> loss(cap, temperature, entropy);
            assertSlopes(passed.byHidden, hidden, loss);
            assertSlopes(passed.byMatrix, matrix, loss);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, true", "0, false", "2, true", "2, false"})
    void whereRowsAreCutMattersByRoundingAlone(double cap, boolean entropy) {
        Passed whole = pass(cap, Long.MAX_VALUE, 0.7, entropy, false);
        for (int rows = 1; rows <= N; rows++) {
            Passed cut = pass(cap, rows * ROW, 0.7, entropy, false);
            assertClose(cut.logProbs, whole.logProbs);
            assertClose(cut.entropies, whole.entropies);
            assertClose(cut.byHidden, whole.byHidden);
            assertClose(cut.byMatrix, whole.byMatrix);
        }
    }

    @ParameterizedTest
    @CsvSource({"300", "1000000"})
    void theMatrixDerivativesAreAddedWhereTheyAreWanted(long chunk) {
        Passed fresh = pass(0, chunk, 0.7, true, false);
        Passed added = pass(0, chunk, 0.7, true, true);
        for (int i = 0; i < V * D; i++) {
            assertThat(added.byMatrix[i] - 1).isCloseTo(fresh.byMatrix[i], within(2e-6f));
        }
    }

    @Test
    void entropiesThatAreOnlyLookedAtChangeNoDerivative() {
        for (long chunk : new long[] {4 * ROW, Long.MAX_VALUE}) {
            Passed without = pass(2, chunk, 0.7, false, false, Set.of(Output.LOG_PROBS));
            Passed with = pass(2, chunk, 0.7, false, false);
            assertThat(without.entropies).isEmpty();
            assertThat(with.entropies).hasSize(N);
            assertThat(without.byMatrix).containsExactly(with.byMatrix);
            assertThat(without.byHidden).containsExactly(with.byHidden);
        }
    }

    @Test
    void noRowsHaveDerivativesOfNought() {
        try (OutputHead head = OutputHead.languageModel(SoftCap.at(3), Precision.FLOAT32, Backend.CPU);
                NDManager scope = NativeScope.open()) {
            NDArray weights = tensor(scope, matrix, V, D);
            OutputHead.Reading reading = head.read(
                    scope, scope.zeros(new Shape(0, D)), weights, rows(new int[0]), 1, EnumSet.allOf(Output.class));
            assertThat(reading.outputs().logProbs()).isEqualTo(new float[][] {{}});
            NDArray sum = weights.duplicate();
            TokenGradients none = new TokenGradients(0, new float[1][0], NONE, NONE, Map.of(), Map.of());
            assertThat(reading.gradients(none, sum, false).getShape()).isEqualTo(new Shape(0, D));
            assertThat(sum.toFloatArray()).containsOnly(0);
        }
    }

    /** What a server samples from is what the learner reads. */
    @ParameterizedTest
    @CsvSource({"0", "2"})
    void theSharedStatementGivesTheLogitsOfTheHead(double cap) {
        String source = NumberMethods.of(Precision.FLOAT32, Backend.CPU)
                + "  def f(self: __torch__.Ops, hidden: Tensor, matrix: Tensor) -> Tensor:\n    return "
                + cap(cap).logits("hidden", "matrix") + "\n";
        try (ScriptModule module = ScriptModule.compile(source);
                NDManager scope = NativeScope.open()) {
            NativeScope.prepareThread(1);
            NDArray logits = module.call(scope, "f", tensor(scope, hidden, N, D), tensor(scope, matrix, V, D));
            double[] logs =
                    logits.toType(DataType.FLOAT64, false).logSoftmax(-1).toDoubleArray();
            float[] read = pass(cap, Long.MAX_VALUE, 1, false, false).logProbs;
            for (int i = 0; i < N; i++) {
                assertThat((double) read[i]).isCloseTo(logs[i * V + targets[i]], within(Math.ulp(read[i]) / 2 + 3e-7));
            }
        }
    }

    /** A float32 log-softmax of so many is off by a few millionths. */
    @Test
    void theLogProbsOfALargeVocabularyAreOffByTheirLastRoundingAlone() {
        int vocabulary = 150_001;
        int[] tokens = random.ints(N, 0, vocabulary).toArray();
        try (OutputHead head = OutputHead.languageModel(cap(0), Precision.FLOAT32, Backend.CPU);
                NDManager scope = NativeScope.open()) {
            NativeScope.prepareThread(1);
            NDArray rows = tensor(scope, hidden, N, D);
            NDArray weights = tensor(scope, drawn(vocabulary * D, 0.5), vocabulary, D);
            float[] read = head.read(scope, rows, weights, rows(tokens), 1, Set.of(Output.LOG_PROBS))
                    .outputs()
                    .logProbs()[0];
            NDArray logits = rows.matMul(weights.transpose()).toType(DataType.FLOAT64, false);
            double[] logs = logits.logSoftmax(-1).toDoubleArray();
            for (int i = 0; i < N; i++) {
                assertThat((double) read[i])
                        .isCloseTo(logs[i * vocabulary + tokens[i]], within(Math.ulp(read[i]) / 2 + 3e-7));
            }
        }
    }

    @Test
    void aCapIsANumberAboveNought() {
        for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> SoftCap.at(wrong)).isInstanceOf(RlhfException.class);
        }
    }

    private Passed pass(double cap, long chunk, double temperature, boolean entropy, boolean onto) {
        return pass(cap, chunk, temperature, entropy, onto, EnumSet.of(Output.LOG_PROBS, Output.ENTROPIES));
    }

    private Passed pass(double cap, long chunk, double temperature, boolean entropy, boolean onto, Set<Output> wanted) {
        NativeScope.prepareThread(1);
        try (OutputHead head = LanguageModelHead.of(cap(cap), Precision.FLOAT32, Backend.CPU, chunk);
                NDManager scope = NativeScope.open()) {
            NDArray weights = tensor(scope, matrix, V, D);
            OutputHead.Reading reading =
                    head.read(scope, tensor(scope, hidden, N, D), weights, rows(targets), temperature, wanted);
            TokenOutputs outputs = reading.outputs();
            NDArray sum = scope.full(weights.getShape(), onto ? 1f : Float.NaN);
            NDArray byHidden = reading.gradients(
                    new TokenGradients(
                            0, floats(byLogProb), entropy ? floats(byEntropy) : NONE, NONE, Map.of(), Map.of()),
                    sum,
                    onto);
            return new Passed(
                    outputs.logProbs()[0],
                    outputs.entropies().length == 0 ? new float[0] : outputs.entropies()[0],
                    byHidden.toFloatArray(),
                    sum.toFloatArray());
        }
    }

    private static SoftCap cap(double cap) {
        return cap == 0 ? SoftCap.none() : SoftCap.at(cap);
    }

    /** One row whose response are {@code targets}. */
    private static RowLayout rows(int[] targets) {
        List<TokenSequence> row = new ArrayList<>();
        row.add(TokenSequence.of(new int[] {0}, targets));
        return RowLayout.of(row, Head.LANGUAGE_MODEL, 0);
    }

    private static float[][] floats(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return new float[][] {floats};
    }

    private static NDArray tensor(NDManager scope, double[] numbers, int rows, int columns) {
        return scope.create(floats(numbers)[0], new Shape(rows, columns));
    }

    /** Numbers that 32 bits hold, so that both sides begin with the same. */
    private double[] drawn(int count, double scale) {
        double[] numbers = new double[count];
        Arrays.setAll(numbers, i -> (float) (scale * random.nextGaussian()));
        return numbers;
    }

    private double loss(double cap, double temperature, boolean entropy) {
        double sum = 0;
        for (int i = 0; i < N; i++) {
            double[] logs = logs(i, cap, temperature);
            sum += byLogProb[i] * logs[targets[i]] + (entropy ? byEntropy[i] * entropy(logs) : 0);
        }
        return sum;
    }

    private double[] logs(int row, double cap, double temperature) {
        double[] z = new double[V];
        double all = 0;
        for (int v = 0; v < V; v++) {
            for (int d = 0; d < D; d++) {
                z[v] += hidden[row * D + d] * matrix[v * D + d];
            }
            z[v] = (cap == 0 ? z[v] : cap * Math.tanh(z[v] / cap)) / temperature;
            all += Math.exp(z[v]);
        }
        double norm = Math.log(all);
        return Arrays.stream(z).map(one -> one - norm).toArray();
    }

    private static double entropy(double[] logs) {
        return -Arrays.stream(logs).map(log -> log * Math.exp(log)).sum();
    }

    /** Derivatives against central differences. */
    private static void assertSlopes(float[] slopes, double[] numbers, DoubleSupplier loss) {
        for (int i = 0; i < numbers.length; i++) {
            double here = numbers[i];
            numbers[i] = here + STEP;
            double above = loss.getAsDouble();
            numbers[i] = here - STEP;
            double below = loss.getAsDouble();
            numbers[i] = here;
            assertThat((double) slopes[i]).isCloseTo((above - below) / (2 * STEP), within(5e-6));
        }
    }

    private static void assertClose(float[] found, float[] wanted) {
        ToDoubleFunction<float[]> size = numbers -> {
            double sum = 0;
            for (float number : numbers) {
                sum += (double) number * number;
            }
            return Math.sqrt(sum);
        };
        float[] differences = new float[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            differences[i] = found[i] - wanted[i];
        }
        assertThat(size.applyAsDouble(differences)).isLessThan(1e-6 * size.applyAsDouble(wanted));
    }
}
