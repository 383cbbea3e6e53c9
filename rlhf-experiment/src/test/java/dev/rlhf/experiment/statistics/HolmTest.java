package dev.rlhf.experiment.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HolmTest {
    /** R: {@code p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")}. */
    @Test
    void adjustsAsRDoes() {
        assertThat(Holm.adjust(new double[] {0.01, 0.04, 0.03, 0.005}, 4))
                .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, within(1e-12));
    }

    @Test
    void whatWasAskedForCountsWhereItIsNotKnown() {
        assertThat(Holm.adjust(new double[] {Double.NaN, 0.02, 0.01}, 4)).containsExactly(Double.NaN, 0.06, 0.04);
    }

    @Test
    void isNoMoreThanCertain() {
        assertThat(Holm.adjust(new double[] {0.9, 0.8}, 2)).containsExactly(1, 1);
    }
}
