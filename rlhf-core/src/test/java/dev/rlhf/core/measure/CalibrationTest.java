package dev.rlhf.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    /** σ(ln 4) = 0.8, σ(ln 1.5) = 0.6. */
    private static final double SURE = Math.log(4);

    private static final double UNSURE = Math.log(1.5);

    @Test
    void aModelThatIsRightAsOftenAsItIsSureHasNoError() {
        Calibration calibration = Calibration.of(new double[] {SURE, SURE, SURE, SURE, -SURE});
        assertThat(calibration.error()).isCloseTo(0, within(1e-12));
        // (4·0.2² + 0.8²) / 5
        assertThat(calibration.brier()).isCloseTo(0.16, within(1e-12));
    }

    @Test
    void binsAreWeightedByTheirPairs() {
        // Two at 0.8, one of them right: |0.5 − 0.8|; one at 0.6, right: |1 − 0.6|.
        Calibration calibration = Calibration.of(new double[] {SURE, -SURE, UNSURE});
        assertThat(calibration.error()).isCloseTo((2 * 0.3 + 0.4) / 3, within(1e-12));
        assertThat(calibration.brier()).isCloseTo((0.04 + 0.64 + 0.16) / 3, within(1e-12));
    }

    @Test
    void aCoinIsCalibratedAndNoGoodGuess() {
        Calibration calibration = Calibration.of(new double[4]);
        assertThat(calibration.error()).isZero();
        assertThat(calibration.brier()).isEqualTo(0.25);
    }

    @Test
    void certaintyHasABinAndAWrongOneCostsAll() {
        assertThat(Calibration.of(new double[] {1000})).isEqualTo(new Calibration(0, 0));
        assertThat(Calibration.of(new double[] {-1000})).isEqualTo(new Calibration(1, 1));
    }

    @Test
    void aModelThatIsTooSureIsFarOff() {
        double[] margins = new double[10];
        Arrays.setAll(margins, i -> i < 6 ? 1000 : -1000);
        assertThat(Calibration.of(margins).error()).isCloseTo(0.4, within(1e-12));
    }

    @Test
    void noPairsAreABug() {
        assertThatThrownBy(() -> Calibration.of(new double[0])).hasMessageContaining("no pairs");
    }
}
