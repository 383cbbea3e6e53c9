package dev.rlhf.experiment.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class IntervalTest {
    /** Student's quantile for four degrees of freedom is 2.776445; s² of 1…5 is 2.5. */
    @Test
    void isStudents() {
        Interval interval = Interval.of(new double[] {1, 2, 3, 4, 5});
        assertThat(interval.mean()).isEqualTo(3);
        assertThat(interval.high() - 3).isCloseTo(2.7764451051977934 * Math.sqrt(2.5 / 5), within(1e-9));
        assertThat(interval.low() + interval.high()).isCloseTo(6, within(1e-12));
    }

    @Test
    void oneValueHasNone() {
        Interval interval = Interval.of(new double[] {7});
        assertThat(interval.mean()).isEqualTo(7);
        assertThat(interval.low()).isNaN();
    }
}
