package dev.rlhf.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThinnedSeriesTest {
    @Test
    void aPointIsTheMeanOfItsSteps() {
        double[] values = {1, 3, Double.NaN, 4.5, Double.NaN};

        assertThat(ThinnedSeries.of(values, 2)).containsExactly(2L, 4.5, null);
    }

    @Test
    void numbersAreKeptToSevenDigits() {
        assertThat(ThinnedSeries.of(new double[] {123456.789, -1.23456789e-7}, 1))
                .containsExactly(123456.8, -1.234568e-7);
    }

    @Test
    void noSeriesHasMorePointsThanAScreenShows() {
        for (int steps : new int[] {1, 499, 500, 501, 12_345}) {
            int size = ThinnedSeries.stepsPerPoint(steps);

            assertThat(ThinnedSeries.of(new double[steps], size)).hasSizeBetween(1, ThinnedSeries.MOST_POINTS);
        }
        assertThat(ThinnedSeries.stepsPerPoint(500)).isEqualTo(1);
    }
}
