package dev.rlhf.core.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.KahnemanTversky;
import dev.rlhf.core.update.TokenOutputs;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairScoresTest {
    @Test
    void aTieIsWorthACoinsGuess() {
        assertThat(PairScores.accuracy(new double[] {1, 0, 0, 1})).isEqualTo(0.5);
        assertThat(PairScores.accuracy(new double[] {0, 0, 0, 0})).isEqualTo(0.5);
        assertThat(PairScores.accuracy(new double[] {2, 1, 3, 3, 0, 1, 5, 4})).isEqualTo(2.5 / 4);
    }

    @Test
    void mismatchedRowsAreNoPairs() {
        List<Experience> pairs = IntStream.range(0, 4)
                .mapToObj(i -> Experience.of(TokenSequence.of(new int[] {1}, new int[] {2 + i})))
                .toList();
        List<Experience> rows = new KahnemanTversky(0.1, 1, 1)
                .rows(pairs).stream()
                        .map(row -> row.with(Input.REFERENCE_LOG_PROBS, new float[] {-1}))
                        .toList();
        float[][] logProbs = {{0}, {-2}, {-3}, {-1}, {0}, {0}, {0}, {0}};
        double[] scores = PairScores.ofPolicy(TokenOutputs.ofPolicy(logProbs, new float[0][]), rows);
        assertThat(scores).containsExactly(1, -1, -2, 0);
        assertThat(PairScores.accuracy(scores)).isEqualTo(0.5);
    }
}
