package dev.rlhf.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LengthSlopeTest {
    @Test
    void whatCorrectnessEarnsIsNoPriceOfLength() {
        // reward = 10·gold + 0.5·length; right answers are longer.
        double[] gold = {0, 0, 1, 1};
        int[] lengths = {2, 4, 10, 14};
        double[] rewards = {1, 2, 15, 17};
        LengthSlope slope = LengthSlope.of(rewards, lengths, gold);
        assertThat(slope.slope()).hasValueCloseTo(0.5, within(1e-12));
        assertThat(slope.rewardPerToken()).hasValueCloseTo(35.0 / 30, within(1e-12));
    }

    @Test
    void groupsCountByTheirSpread() {
        // Within gold 0: lengths ∓1, rewards ∓1 (slope 1); within gold 1: lengths ∓3, rewards ±3 (slope −1): (2 −
        // 18)/(2 + 18).
        LengthSlope slope =
                LengthSlope.of(new double[] {0, 2, 3, -3}, new int[] {1, 3, 0, 6}, new double[] {0.0, -0.0, 1, 1});
        assertThat(slope.slope()).hasValueCloseTo(-0.8, within(1e-12));
    }

    @Test
    void answersOfOneLengthHaveNoSlope() {
        LengthSlope slope = LengthSlope.of(new double[] {0, 5, 1}, new int[] {3, 3, 9}, new double[] {0, 0, 1});
        assertThat(slope.slope()).isEmpty();
        assertThat(LengthSlope.of(new double[0], new int[0], new double[0]).rewardPerToken())
                .isEmpty();
    }

    @Test
    void everyAnswerHasALengthAndAScore() {
        assertThatThrownBy(() -> LengthSlope.of(new double[1], new int[2], new double[3]))
                .hasMessageContaining("1 rewards, 2 lengths and 3 gold scores");
    }
}
