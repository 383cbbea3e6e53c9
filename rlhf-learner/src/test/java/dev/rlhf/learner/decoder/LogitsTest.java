package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens are drawn of logits by the inverse of the distribution function, each row by itself. */
class LogitsTest {
    /** Odd, so that rows begin anywhere in the kernels' vectors. */
    private static final int WIDE = 151_937;

    private static final int ROWS = 9;

    private static ScriptModule module;

    @BeforeAll
    static void compile() {
        NativeScope.prepareThread(2);
        module = ScriptModule.compile(Logits.METHODS);
    }

    @AfterAll
    static void free() {
        module.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 29, 1000, WIDE})
    void aRowGivesTheSameBitsWhateverRowsAreBesideIt(int vocabulary) {
        float[] numbers = drawn(ROWS * vocabulary, 3);
        double[] temperatures = {0.8, 1, 0.01, 1.7, 0.8, 1, 2, 0.5, 1};
        double[] points = {0.1, 0.999, 0, 0.5, 0.25, 0.75, 1 - 0x1p-53, 0.3, 0.6};
        try (Logits all = logits(numbers, ROWS)) {
            for (int count : new int[] {1, 2, 5, ROWS, 40}) {
                int[] of =
                        IntStream.range(0, count).map(i -> (7 * i + 2) % ROWS).toArray();
                Logits.Chosen some = all.draw(
                        of,
                        Arrays.stream(of).mapToDouble(row -> temperatures[row]).toArray(),
                        Arrays.stream(of).mapToDouble(row -> points[row]).toArray());
                Logits.Chosen best = all.likeliest(of);
                for (int i = 0; i < count; i++) {
                    float[] own = Arrays.copyOfRange(numbers, of[i] * vocabulary, (of[i] + 1) * vocabulary);
                    try (Logits alone = logits(own, 1)) {
                        double[] temperature = {temperatures[of[i]]};
                        double[] point = {points[of[i]]};
                        assertSame(some, i, alone.draw(new int[] {0}, temperature, point));
                        assertSame(best, i, alone.likeliest(new int[] {0}));
                        assertThat(all.row(of[i])).isEqualTo(own);
                    }
                }
            }
        }
    }

    @Test
    void aDrawIsTheFirstTokenWhoseSumIsAboveThePoint() {
        int vocabulary = 5000;
        float[] numbers = drawn(vocabulary, 5);
        SplittableRandom random = new SplittableRandom(1);
        double[] points = random.doubles(200).toArray();
        double[] temperatures = new double[points.length];
        Arrays.fill(temperatures, 0.7);
        try (Logits logits = logits(numbers, 1)) {
            Logits.Chosen chosen = logits.draw(new int[points.length], temperatures, points);
            double sum = 0;
            for (float number : numbers) {
                sum += Math.exp(number / 0.7);
            }
            for (int i = 0; i < points.length; i++) {
                double reached = 0;
                int token = -1;
                while (reached <= points[i]) {
                    token++;
                    reached += Math.exp(numbers[token] / 0.7) / sum;
                }
                assertThat(chosen.tokens()[i]).isEqualTo(token);
                assertThat(chosen.logProbs()[i]).isCloseTo(numbers[token] / 0.7 - Math.log(sum), within(5e-7));
            }
        }
    }

    @Test
    void tokensWithoutAChanceAreNeverDrawnNotAtTheEndsEither() {
        float none = Float.NEGATIVE_INFINITY;
        try (Logits logits = logits(new float[] {none, 0, none, 0, none}, 1)) {
            double[] temperatures = {1, 1, 1, 1};
            Logits.Chosen chosen = logits.draw(new int[4], temperatures, new double[] {0, 0.4999, 0.5, 1 - 0x1p-53});
            assertThat(chosen.tokens()).containsExactly(1, 1, 3, 3);
            assertThat(chosen.logProbs()).containsOnly(Math.log(0.5));
        }
    }

    @Test
    void ofEqualsTheLowerIdIsTheMostLikely() {
        float[] numbers = drawn(WIDE, 7);
        numbers[9_001] = 50;
        numbers[77] = 50;
        numbers[WIDE - 1] = 50;
        try (Logits logits = logits(numbers, 1)) {
            Logits.Chosen chosen = logits.likeliest(new int[] {0});
            assertThat(chosen.tokens()).containsExactly(77);
            assertThat(chosen.logProbs()[0]).isCloseTo(Math.log(1 / 3.0), within(1e-7));
        }
    }

    @Test
    void logProbsOfGivenTokensReachBelowWhatAProbabilityCanSay() {
        try (Logits logits = logits(new float[] {0, 1000, 0, 0, 0, 0}, 2)) {
            assertThat(logits.logProbs(new int[] {0, 2}))
                    .containsExactly(new double[] {-1000, -Math.log(3)}, within(1e-7));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void aBrokenRowHasNoLogProbAndTheOthersHave(float broken) {
        float[] numbers = drawn(3 * 1000, 9);
        numbers[1999] = broken;
        try (Logits logits = logits(numbers, 3)) {
            int[] of = {0, 1, 2};
            double[] ones = {1, 1, 1};
            double[] drawn = logits.draw(of, ones, new double[] {0.1, 0.2, 0.3}).logProbs();
            double[] best = logits.likeliest(of).logProbs();
            for (double[] found : new double[][] {drawn, best}) {
                assertThat(found[1]).isNaN();
                assertThat(found[0]).isNegative();
                assertThat(found[2]).isNegative();
            }
        }
    }

    private static void assertSame(Logits.Chosen several, int i, Logits.Chosen alone) {
        assertThat(several.tokens()[i]).isEqualTo(alone.tokens()[0]);
        assertThat(Double.doubleToLongBits(several.logProbs()[i]))
                .isEqualTo(Double.doubleToLongBits(alone.logProbs()[0]));
    }

    private static Logits logits(float[] numbers, int rows) {
        NDManager owner = NativeScope.open();
        return new Logits(owner, module, owner.create(numbers, new Shape(rows, numbers.length / rows)));
    }

    private static float[] drawn(int count, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (8 * random.nextDouble() - 4);
        }
        return numbers;
    }
}
