package dev.rlhf.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BestOfNTest {
    @Test
    void theHighestOfTwoAmongFour() {
        // Of 6 pairs, 4 is the best of 3, 3 of 2, 2 of 1.
        double[] scores = {2, 4, 1, 3};
        assertThat(BestOfN.of(scores, scores, 2)).isCloseTo((3 * 4 + 2 * 3 + 2) / 6.0, within(1e-12));
        assertThat(BestOfN.of(scores, scores, 1)).isCloseTo(2.5, within(1e-12));
        assertThat(BestOfN.of(scores, scores, 4)).isEqualTo(4);
    }

    @Test
    void aSelectorThatPrefersBadAnswersMakesMoreOfThemWorse() {
        double[] selector = {3, 2, 1};
        double[] gold = {0, 0, 1};
        assertThat(BestOfN.of(selector, gold, 1)).isCloseTo(1.0 / 3, within(1e-12));
        assertThat(BestOfN.of(selector, gold, 2)).isZero();
    }

    @Test
    void aSelectorThatSeesNoDifferenceIsWorthTheMean() {
        assertThat(BestOfN.of(new double[4], new double[] {1, 2, 3, 6}, 3)).isCloseTo(3, within(1e-12));
    }

    @Test
    void itIsTheMeanOverAllSubsets() {
        double[] selector = {0.5, -1, 0.5, 2, -1, 0.5};
        double[] values = {1, 7, 3, -2, 0.25, 11};
        for (int k = 1; k <= selector.length; k++) {
            assertThat(BestOfN.of(selector, values, k)).isCloseTo(counted(selector, values, k), within(1e-12));
        }
    }

    @Test
    void moreTriesThanAnswersAreABug() {
        assertThatThrownBy(() -> BestOfN.of(new double[2], new double[2], 3))
                .hasMessageContaining("no best of 3 among 2 answers");
    }

    /** Over all subsets of k the mean value of those that the selector likes best. */
    private static double counted(double[] selector, double[] values, int k) {
        double sum = 0;
        int all = 0;
        for (int subset = 0; subset < 1 << selector.length; subset++) {
            if (Integer.bitCount(subset) != k) {
                continue;
            }
            double best = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < selector.length; i++) {
                best = (subset >> i & 1) == 1 ? Math.max(best, selector[i]) : best;
            }
            double worth = 0;
            int equal = 0;
            for (int i = 0; i < selector.length; i++) {
                if ((subset >> i & 1) == 1 && selector[i] == best) {
                    worth += values[i];
                    equal++;
                }
            }
            sum += worth / equal;
            all++;
        }
        return sum / all;
    }
}
