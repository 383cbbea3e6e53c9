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

    /** Slopes are half of what the third column has above the first: 0.95 and 1.1. */
    @Test
    void threeColumnsGiveTheTTestOfTheSeedsSlopes() {
        Contrast contrast = Contrast.of(new double[][] {{1.0, 2.1, 2.9}, {11.2, 11.8, 13.4}});
        assertThat(contrast.slope()).isCloseTo(1.025, within(TOLERANCE));
        TTest.Result expected = TTest.withDefaults().test(new double[] {0.95, 1.1});
        assertThat(contrast.p()).isCloseTo(expected.getPValue(), within(1e-9));
        assertThat(contrast.size()).isCloseTo(1.025 / (0.15 / Math.sqrt(2)), within(1e-9));
        assertThat(contrast.monotone()).isTrue();
    }

    /** Seeds whose effects differ, by 0 on average, are taken for an effect no more often than the rule says. */
    @Test
    void effectsThatDifferBySeedAreNoEffect() {
        Random random = new Random(2);
        int wrong = 0;
        for (int repeat = 0; repeat < 1000; repeat++) {
            double[][] rows = new double[5][4];
            for (double[] row : rows) {
                double slope = random.nextGaussian();
                for (int c = 0; c < row.length; c++) {
                    row[c] = slope * c + random.nextGaussian();
                }
            }
            wrong += Contrast.of(rows).p() < Conclusion.LEVEL ? 1 : 0;
        }
        assertThat(wrong / 1000.0).isBetween(0.03, 0.07);
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
    void seedsThatDifferInNothingLeaveNothingToTellNoiseBy() {
        assertThat(Contrast.of(new double[][] {{1, 1}, {2, 2}}).p()).isNaN();
        assertThat(Contrast.of(new double[][] {{1, 2}, {2, 3}}).p()).isNaN();
        assertThat(Contrast.of(new double[][] {{1, 2}, {2, 3}}).slope()).isEqualTo(1);
    }

    /** G*Power: a paired t test of d = 0.5 wants 34 pairs for power 0.8. */
    @Test
    void seedsNeededAreThoseOfThePairedTest() {
        // Differences of mean 1 and deviation 2, so that d = 0.5.
        double step = 2 / Math.sqrt(2);
        Contrast contrast = Contrast.of(new double[][] {{0, 1 - step}, {0, 1 + step}});
        assertThat(contrast.seedsNeeded(0.05)).hasValue(34);
        assertThat(contrast.seedsNeeded(0.005).orElse(0)).isGreaterThan(34);
        assertThat(Contrast.of(new double[][] {{1, 1}, {2, 2}}).seedsNeeded(0.05))
                .isEmpty();
    }

    @Test
    void meansThatTurnAreNotMonotone() {
        assertThat(Contrast.of(new double[][] {{1, 3, 2}, {1, 3, 2}}).monotone())
                .isFalse();
        assertThat(Contrast.of(new double[][] {{3, 2, 1}}).monotone()).isTrue();
        assertThat(Contrast.of(new double[][] {{1, 1, 2}}).monotone()).isFalse();
    }

    private static double[] column(double[][] rows, int column) {
        return IntStream.range(0, rows.length)
                .mapToDouble(row -> rows[row][column])
                .toArray();
    }
}
