package dev.rlhf.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PassAtKTest {
    @Test
    void ofTenAnswersWithThreeRight() {
        // 1 − C(7, 2)/C(10, 2) = 1 − 21/45; 1 − C(7, 5)/C(10, 5) = 1 − 21/252
        assertThat(PassAtK.of(10, 3, 1)).isCloseTo(0.3, within(1e-12));
        assertThat(PassAtK.of(10, 3, 2)).isCloseTo(24.0 / 45, within(1e-12));
        assertThat(PassAtK.of(10, 3, 5)).isCloseTo(231.0 / 252, within(1e-12));
        assertThat(PassAtK.of(10, 3, 8)).isEqualTo(1);
        assertThat(PassAtK.of(10, 0, 10)).isZero();
        assertThat(PassAtK.of(10, 10, 1)).isEqualTo(1);
    }

    @Test
    void itIsTheShareOfAllSubsetsWithARightAnswer() {
        for (int n = 1; n <= 7; n++) {
            for (int right = 0; right <= n; right++) {
                for (int k = 1; k <= n; k++) {
                    assertThat(PassAtK.of(n, right, k)).isCloseTo(counted(n, right, k), within(1e-12));
                }
            }
        }
    }

    @Test
    void theMeanIsOverPrompts() {
        assertThat(PassAtK.mean(4, new int[] {0, 4, 1, 2}, 2)).isCloseTo((0 + 1 + 0.5 + 5.0 / 6) / 4, within(1e-12));
    }

    @Test
    void moreTriesThanAnswersAreABug() {
        assertThatThrownBy(() -> PassAtK.of(4, 1, 5)).hasMessageContaining("pass@5 of 1 right ones of 4 answers");
        assertThatThrownBy(() -> PassAtK.mean(4, new int[0], 1)).hasMessageContaining("no prompts");
    }

    private static double counted(int n, int right, int k) {
        int all = 0;
        int found = 0;
        for (int subset = 0; subset < 1 << n; subset++) {
            if (Integer.bitCount(subset) == k) {
                all++;
                found += (subset & ((1 << right) - 1)) != 0 ? 1 : 0;
            }
        }
        return (double) found / all;
    }
}
