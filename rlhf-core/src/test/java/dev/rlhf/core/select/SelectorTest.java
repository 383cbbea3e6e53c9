package dev.rlhf.core.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Seed;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectorTest {
    /** Three prompts of four samples; the largest is there twice in two prompts, and one prompt is worth little. */
    private static final double[][] SCORES = {
        {0.1, 0.9, 0.4, 0.9},
        {0.0, 0.0, 0.0, 0.0},
        {0.5, 0.2, 0.9, 0.3},
    };

    @Test
    void theBestOfEachPromptIsTheEarlierOfEquals() {
        assertThat(new TopPerPrompt(false).best(SCORES)).isDeepEqualTo(new int[][] {{1}, {0}, {2}});
        assertThat(new TopKPerPrompt(1, false).best(SCORES)).isDeepEqualTo(new int[][] {{1}, {0}, {2}});
    }

    @Test
    void theBestFewOfEachPromptComeInTheOrderInWhichTheyWereDrawn() {
        assertThat(new TopKPerPrompt(2, false).best(SCORES)).isDeepEqualTo(new int[][] {{1, 3}, {0, 1}, {0, 2}});
        assertThat(new TopKPerPrompt(3, false).best(SCORES))
                .isDeepEqualTo(new int[][] {{1, 2, 3}, {0, 1, 2}, {0, 2, 3}});
        assertThat(new TopKPerPrompt(4, false).best(SCORES))
                .isDeepEqualTo(new int[][] {{0, 1, 2, 3}, {0, 1, 2, 3}, {0, 1, 2, 3}});
    }

    /** In order: 0.9 (0,1), 0.9 (0,3), 0.9 (2,2), 0.5 (2,0), 0.4 (0,2), 0.3 (2,3), 0.2 (2,1), 0.1 (0,0), then prompt 1. */
    @Test
    void theBestOfAllLeavePromptsOut() {
        assertThat(new TopKOverall(1, false).best(SCORES)).isDeepEqualTo(new int[][] {{1}, {}, {}});
        assertThat(new TopKOverall(2, false).best(SCORES)).isDeepEqualTo(new int[][] {{1, 3}, {}, {}});
        assertThat(new TopKOverall(5, false).best(SCORES)).isDeepEqualTo(new int[][] {{1, 2, 3}, {}, {0, 2}});
        assertThat(new TopKOverall(10, false).best(SCORES))
                .isDeepEqualTo(new int[][] {{0, 1, 2, 3}, {0, 1}, {0, 1, 2, 3}});
    }

    @Test
    void aCapGoesOnWithTheNextPrompt() {
        assertThat(new TopKOverallCapped(2, 1, false).best(SCORES)).isDeepEqualTo(new int[][] {{1}, {}, {2}});
        assertThat(new TopKOverallCapped(3, 1, false).best(SCORES)).isDeepEqualTo(new int[][] {{1}, {0}, {2}});
        assertThat(new TopKOverallCapped(5, 2, false).best(SCORES)).isDeepEqualTo(new int[][] {{1, 3}, {0}, {0, 2}});
        assertThat(new TopKOverallCapped(5, 9, false).best(SCORES))
                .isDeepEqualTo(new TopKOverall(5, false).best(SCORES));
    }

    @Test
    void aMatchedControlChoosesAsManyAtRandom() {
        double[][] scores = new double[40][6];
        Arrays.setAll(scores, g -> new double[] {g, 1, 2, 3, 4, 5});
        for (Selector control : List.of(
                new TopPerPrompt(true),
                new TopKPerPrompt(3, true),
                new TopKOverall(50, true),
                new TopKOverallCapped(50, 2, true))) {
            int[][] chosen = control.select(scores, new Seed(7));

            assertThat(chosen).isDeepEqualTo(control.select(scores, new Seed(7)));
            assertThat(chosen).isNotEqualTo(control.select(scores, new Seed(8)));
            assertThat(chosen).isNotEqualTo(control.best(scores));
            assertThat(total(chosen)).as(control.words()).isEqualTo(total(control.best(scores)));
            assertThat(List.of(chosen))
                    .allSatisfy(places -> assertThat(places).isSorted().doesNotHaveDuplicates());
            // What the samples are worth has no say.
            double[][] others = new double[40][6];
            assertThat(control.select(others, new Seed(7))).isDeepEqualTo(chosen);
        }
        assertThat(List.of(new TopKPerPrompt(3, true).select(scores, new Seed(7))))
                .allSatisfy(places -> assertThat(places).hasSize(3));
        assertThat(List.of(new TopKOverallCapped(50, 2, true).select(scores, new Seed(7))))
                .allSatisfy(places -> assertThat(places).hasSizeLessThanOrEqualTo(2));
    }

    @Test
    void everySampleIsAsLikelyInAControl() {
        int[] counts = new int[4];
        for (int seed = 0; seed < 4000; seed++) {
            counts[new TopPerPrompt(true).select(SCORES, new Seed(seed))[0][0]]++;
        }
        // 1000 ± 4.5 standard deviations of 27.
        assertThat(Arrays.stream(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(877, 1123));
    }

    @Test
    void thereMustBeAsManySamplesAsAreChosen() {
        refused(new TopKPerPrompt(5, false), "k must be at most the 4 samples of a prompt, not 5");
        refused(new TopKOverall(13, false), "k must be at most the 12 samples that are drawn, not 13");
        refused(new TopKOverallCapped(7, 2, false), "k must be at most the 6 samples that cap leaves, not 7");
        for (Selector fits : List.of(
                new TopPerPrompt(false),
                new TopKPerPrompt(4, false),
                new TopKOverall(12, false),
                new TopKOverallCapped(6, 2, false),
                new TopKOverallCapped(12, 9, false))) {
            assertThatCode(() -> fits.requireFits(3, 4)).doesNotThrowAnyException();
        }
    }

    private static void refused(Selector selector, String message) {
        assertThatThrownBy(() -> selector.requireFits(3, 4))
                .isInstanceOf(KeyException.class)
                .hasMessage(message);
    }

    private static int total(int[][] chosen) {
        return Arrays.stream(chosen).mapToInt(places -> places.length).sum();
    }
}
