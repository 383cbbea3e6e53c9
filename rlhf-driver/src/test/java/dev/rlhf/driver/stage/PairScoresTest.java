package dev.rlhf.driver.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PairScoresTest {
    @Test
    void aTieIsWorthACoinsGuess() {
        assertThat(PairScores.accuracy(new double[] {1, 0, 0, 1})).isEqualTo(0.5);
        assertThat(PairScores.accuracy(new double[] {0, 0, 0, 0})).isEqualTo(0.5);
        assertThat(PairScores.accuracy(new double[] {2, 1, 3, 3, 0, 1, 5, 4})).isEqualTo(2.5 / 4);
    }
}
