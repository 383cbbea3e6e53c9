package dev.rlhf.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LengthGapTest {
    @Test
    void eachKindOfPairHasItsOwnAccuracy() {
        LengthGap gap = LengthGap.of(
                new double[] {1, 2, 0, -1, -1, 3, -2}, new int[] {5, 6, 7, 8, 2, 2, 4}, new int[] {4, 4, 4, 4, 9, 9, 4
                });
        assertThat(gap.longer()).hasValue(2.5 / 4);
        assertThat(gap.shorter()).hasValue(0.5);
        assertThat(gap.equal()).hasValue(0);
    }

    @Test
    void whatThereIsNoneOfHasNoAccuracy() {
        LengthGap gap = LengthGap.of(new double[] {1}, new int[] {5}, new int[] {4});
        assertThat(gap.longer()).hasValue(1);
        assertThat(gap.shorter()).isEmpty();
        assertThat(gap.equal()).isEmpty();
    }

    @Test
    void everyPairHasTwoLengths() {
        assertThatThrownBy(() -> LengthGap.of(new double[1], new int[1], new int[2]))
                .hasMessageContaining("margins of 1 pairs, lengths of 1 and 2");
    }
}
