package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
    @ParameterizedTest
    @CsvSource({
        "0.04, 0.0 s",
        "9.44, 9.4 s",
        "9.96, 10 s",
        "59.4, 59 s",
        "59.6, 1 min 00 s",
        "200, 3 min 20 s",
        "3599.6, 1 h 00 min",
        "7530, 2 h 05 min"
    })
    void durationsAreAsLongAsTheyNeedToBe(double seconds, String text) {
        assertThat(Figures.duration(seconds)).isEqualTo(text);
    }

    @Test
    void thereIsNoNegativeNothing() {
        assertThat(Figures.number(-0.0001)).isEqualTo("0.000");
        assertThat(Figures.number(-0.0006)).isEqualTo("-0.001");
        assertThat(Figures.share(-0.0001)).isEqualTo("0.0 %");
    }
}
