package dev.rlhf.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.update.KlEstimator;
import org.junit.jupiter.api.Test;

class SequenceKlTest {
    private static final float[][] POLICY = {{-1f, -2f}, {-0.5f}};
    private static final float[][] REFERENCE = {{-1.5f, -1f}, {-1f}};

    /** Differences 0.5, -1 and 0.5; the second token is not the policy's. */
    private static final boolean[][] DRAWN = {{true, false}, {true}};

    @Test
    void eachEstimatorSumsItsTokensAndAveragesItsSequences() {
        assertThat(SequenceKl.mean(POLICY, REFERENCE, DRAWN)).isEqualTo(0.5);
        assertThat(SequenceKl.mean(KlEstimator.K1, POLICY, REFERENCE, DRAWN)).isEqualTo(0.5);
        assertThat(SequenceKl.mean(KlEstimator.K2, POLICY, REFERENCE, DRAWN)).isEqualTo(0.125);
        assertThat(SequenceKl.mean(KlEstimator.K3, POLICY, REFERENCE, DRAWN))
                .isCloseTo(Math.exp(-0.5) - 1 + 0.5, within(1e-7));
    }

    @Test
    void ofNoSequencesItIsZero() {
        assertThat(SequenceKl.mean(new float[0][], new float[0][], new boolean[0][]))
                .isZero();
    }
}
