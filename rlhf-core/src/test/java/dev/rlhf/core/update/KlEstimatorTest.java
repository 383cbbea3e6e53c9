package dev.rlhf.core.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.Constant;
import org.junit.jupiter.api.Test;

class KlEstimatorTest {
    private static final double[] POLICY = {0.7, 0.2, 0.1};
    private static final double[] REFERENCE = {0.5, 0.25, 0.25};

    /** 0.7·ln 1.4 + 0.2·ln 0.8 + 0.1·ln 0.4. */
    private static final double DIVERGENCE = 0.099272;

    @Test
    void onlyK1AndK3HaveTheDivergenceAsTheirMean() {
        assertThat(mean(KlEstimator.K1)).isCloseTo(DIVERGENCE, within(1e-6));
        assertThat(mean(KlEstimator.K3)).isCloseTo(DIVERGENCE, within(1e-6));
        // 0.49 ÷ 0.5 + 0.04 ÷ 0.25 + 0.01 ÷ 0.25 − 1 = 0.18
        assertThat(mean(KlEstimator.K3_REVERSED)).isCloseTo(0.18 - DIVERGENCE, within(1e-6));
    }

    @Test
    void theReversedOneIsLargeWhereThePolicyIsFarAboveTheReference() {
        // d = 1: e − 2; d = −1: 1/e
        assertThat(KlEstimator.K3_REVERSED.value(-1, -2)).isCloseTo(0.7182818, within(1e-7));
        assertThat(KlEstimator.K3_REVERSED.value(-2, -1)).isCloseTo(0.3678794, within(1e-7));
        assertThat(KlEstimator.K3_REVERSED.value(-1, -9))
                .isGreaterThan(100 * KlEstimator.K3.value(-1, -9))
                .isCloseTo(2971.957987, within(1e-6));
        assertThat(KlEstimator.K3_REVERSED.derivative(-1, -2)).isCloseTo(Math.E - 1, within(1e-12));
        assertThat(KlEstimator.K3_REVERSED.derivative(-3, -3)).isZero();
    }

    @Test
    void aboveTwentyTheReversedOneGoesOnAsItsTangent() {
        double slope = Math.expm1(20);
        assertThat(KlEstimator.K3_REVERSED.derivative(-1, -5000)).isEqualTo(slope);
        double rise = KlEstimator.K3_REVERSED.value(0, -5000) - KlEstimator.K3_REVERSED.value(0, -20);
        assertThat(rise / slope).isCloseTo(4980, within(1e-6));
        assertThat(KlEstimator.K3_REVERSED.value(-5000, 0)).isEqualTo(4999);
    }

    @Test
    void recipesWriteItInLowerCase() {
        assertThat(Constant.text(KlEstimator.K3_REVERSED)).isEqualTo("k3-reversed");
    }

    private static double mean(KlEstimator estimator) {
        double sum = 0;
        for (int i = 0; i < POLICY.length; i++) {
            sum += POLICY[i] * estimator.value(Math.log(POLICY[i]), Math.log(REFERENCE[i]));
        }
        return sum;
    }
}
