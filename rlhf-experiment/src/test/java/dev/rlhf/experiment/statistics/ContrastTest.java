package dev.rlhf.experiment.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.TTest;
import org.junit.jupiter.api.Test;

class ContrastTest {
    private static final double TOLERANCE = 1e-12;

    @Test
    void twoColumnsGiveThePairedTTest() {
        Random random = new Random(1);
        for (int repeat = 0; repeat < 50; repeat++) {
            double[][] rows = IntStream.range(0, 2 + repeat % 6)
                    .mapToObj(seed -> new double[] {random.nextGaussian(), random.nextGaussian() + 1})
                    .toArray(double[][]::new);
            Contrast contrast = Contrast.of(rows);
            TTest.Result expected = TTest.withDefaults().pairedTest(column(rows, 1), column(rows, 0));
            assertThat(contrast.p()).isCloseTo(expected.getPValue(), within(TOLERANCE));
            assertThat(contrast.slope() > 0).isEqualTo(expected.getStatistic() > 0);
        }
    }

    /** R: {@code summary(lm(y ~ factor(seed) + x))} of these numbers. */
    @Test
    void threeColumnsGiveTheLinearContrastOfBlocks() {
        Contrast contrast = Contrast.of(new double[][] {{1.0, 2.1, 2.9}, {11.2, 11.8, 13.4}});
        // Demeaned rows: (−1, 0.1, 0.9) and (−14/15, −1/3, 19/15); slope = (1.9 + 2.2) / 4; what is left has squares
        // 0.015 and
        // 0.166667 + …, together 0.256667 with three degrees of freedom.
        assertThat(contrast.slope()).isCloseTo(1.025, within(TOLERANCE));
        double left = squares(-1, 0.1, 0.9, 1.025) + squares(-14 / 15.0, -1 / 3.0, 19 / 15.0, 1.025);
        double error = Math.sqrt(left / 3 / 4);
        assertThat(contrast.high() - contrast.slope()).isCloseTo(3.182446305284263 * error, within(1e-9));
        assertThat(contrast.size()).isCloseTo(1.025 / Math.sqrt(left / 3), within(TOLERANCE));
        assertThat(contrast.monotone()).isTrue();
    }

    @Test
    void whatASeedHasInCommonIsNoNoise() {
        Contrast plain = Contrast.of(new double[][] {{0, 1.1}, {0, 0.9}});
        Contrast shifted = Contrast.of(new double[][] {{100, 101.1}, {-7, -6.1}});
        assertThat(shifted.p()).isCloseTo(plain.p(), within(1e-9));
    }

    @Test
    void oneSeedOfTwoColumnsHasNoInterval() {
        Contrast contrast = Contrast.of(new double[][] {{1, 3}});
        assertThat(contrast.slope()).isEqualTo(2);
        assertThat(contrast.p()).isNaN();
        assertThat(contrast.low()).isNaN();
        assertThat(Conclusion.of(contrast.slope(), contrast.p())).isEqualTo(Conclusion.CANNOT_TELL);
    }

    @Test
    void equalNumbersTellNothingAndEqualDifferencesAreCertain() {
        assertThat(Contrast.of(new double[][] {{1, 1}, {2, 2}}).p()).isEqualTo(1);
        assertThat(Contrast.of(new double[][] {{1, 2}, {2, 3}}).p()).isZero();
    }

    /** G*Power: a paired t test of d = 0.5 wants 34 pairs for power 0.8. */
    @Test
    void seedsNeededAreThoseOfThePairedTest() {
        // Differences of mean 1 and deviation 2, so that d = 0.5.
        double step = 2 / Math.sqrt(2);
        Contrast contrast = Contrast.of(new double[][] {{0, 1 - step}, {0, 1 + step}});
        assertThat(contrast.seedsNeeded(2, 0.05)).hasValue(34);
        assertThat(contrast.seedsNeeded(2, 0.005).orElse(0)).isGreaterThan(34);
        assertThat(Contrast.of(new double[][] {{1, 1}, {2, 2}}).seedsNeeded(2, 0.05))
                .isEmpty();
    }

    @Test
    void meansThatTurnAreNotMonotone() {
        assertThat(Contrast.of(new double[][] {{1, 3, 2}, {1, 3, 2}}).monotone())
                .isFalse();
        assertThat(Contrast.of(new double[][] {{3, 2, 1}}).monotone()).isTrue();
        assertThat(Contrast.of(new double[][] {{1, 1, 2}}).monotone()).isFalse();
    }

    private static double squares(double a, double b, double c, double slope) {
        return (a + slope) * (a + slope) + b * b + (c - slope) * (c - slope);
    }

    private static double[] column(double[][] rows, int column) {
        return IntStream.range(0, rows.length)
                .mapToDouble(row -> rows[row][column])
                .toArray();
    }
}
