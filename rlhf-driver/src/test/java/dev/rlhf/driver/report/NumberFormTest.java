package dev.rlhf.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.experiment.statistics.Interval;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberFormTest {
    private static final NumberForm PLAIN = NumberForm.of("eval_reward_of_nobody");
    private static final NumberForm SHARE = NumberForm.of("eval_accuracy");

    @ParameterizedTest
    @CsvSource({
        "-12.3, -15.1, -9.5, −12.3, −15.1 … −9.5",
        "0.01, -0.2, 0.22, +0.01, −0.20 … 0.22",
        "3.14159, 2.99, 3.29, +3.14, 2.99 … 3.29",
        "1234.5, 1000, 1469, +1235, 1000 … 1469",
        "0.0001, -0.04, 0.0402, 0.000, −0.040 … 0.040",
        "2e-9, 1e-9, 3e-9, +2.0e-9, 1.0e-9 … 3.0e-9",
    })
    void aRiseHasTheDecimalsThatItsIntervalGivesAMeaning(
            double rise, double low, double high, String text, String bounds) {
        assertThat(PLAIN.rise(rise, low, high)).isEqualTo(text.replace("e-", "e−"));
        assertThat(PLAIN.bounds(rise, low, high)).isEqualTo(bounds.replace("e-", "e−"));
    }

    @Test
    void withoutAnIntervalANumberHasThreeDigits() {
        assertThat(PLAIN.rise(-3.14159, Double.NaN, Double.NaN)).isEqualTo("−3.14");
        assertThat(PLAIN.mean(Interval.of(new double[] {27.182}))).isEqualTo("27.2");
        assertThat(PLAIN.value(0.001234)).isEqualTo("0.00123");
        assertThat(PLAIN.value(0)).isEqualTo("0");
        assertThat(PLAIN.value(123456)).isEqualTo("123456");
    }

    @Test
    void aShareIsReadInPerCentAndItsRiseInPoints() {
        assertThat(SHARE.value(0.5)).isEqualTo("50.0 %");
        assertThat(SHARE.mean(new Interval(0.5, 0.45, 0.55, 3))).isEqualTo("50.0 (45.0 … 55.0) %");
        assertThat(SHARE.rise(0.031, 0.01, 0.052)).isEqualTo("+3.1 points");
        assertThat(SHARE.bounds(0.031, 0.01, 0.052)).isEqualTo("1.0 … 5.2");
    }
}
