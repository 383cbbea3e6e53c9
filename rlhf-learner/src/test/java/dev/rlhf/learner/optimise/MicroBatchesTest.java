package dev.rlhf.learner.optimise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.learner.optimise.MicroBatches.Slice;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicroBatchesTest {
    @Test
    void partsHaveAboutAsManyTokensEach() {
        assertThat(MicroBatches.parts(rows(5, 5, 5, 5), 2, 1)).containsExactly(new Slice(0, 2), new Slice(2, 4));
        assertThat(MicroBatches.parts(rows(2, 2, 2, 2, 8), 2, 1)).containsExactly(new Slice(0, 4), new Slice(4, 5));
        assertThat(MicroBatches.parts(rows(9, 1, 1, 1), 3, 1))
                .containsExactly(new Slice(0, 1), new Slice(1, 2), new Slice(2, 4));
    }

    @Test
    void partsKeepUnitsTogether() {
        assertThat(MicroBatches.parts(rows(4, 4, 4, 4, 4, 4), 2, 2)).containsExactly(new Slice(0, 4), new Slice(4, 6));
    }

    @Test
    void thereAreNoMorePartsThanUnits() {
        assertThat(MicroBatches.parts(rows(4, 4), 50, 1)).containsExactly(new Slice(0, 1), new Slice(1, 2));
        assertThat(MicroBatches.parts(rows(4, 4), 50, 2)).containsExactly(new Slice(0, 2));
        assertThat(MicroBatches.parts(List.of(), 2, 1)).isEmpty();
    }

    @Test
    void runsOfAPartFitTheBudget() {
        List<TokenSequence> rows = rows(3, 3, 9, 2, 2, 2);
        assertThat(MicroBatches.of(rows, new Slice(0, 6), 9, 1))
                .containsExactly(new Slice(0, 2), new Slice(2, 3), new Slice(3, 6));
        assertThat(MicroBatches.of(rows, new Slice(3, 6), 4, 1)).containsExactly(new Slice(3, 5), new Slice(5, 6));
        assertThat(MicroBatches.of(rows, new Slice(2, 3), 1, 1)).containsExactly(new Slice(2, 3));
    }

    private static List<TokenSequence> rows(int... lengths) {
        return Arrays.stream(lengths)
                .mapToObj(length -> new TokenSequence(new int[length], 1))
                .toList();
    }
}
