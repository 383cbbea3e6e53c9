package dev.rlhf.core.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.advantage.BatchBaseline;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.KlEstimator;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.Reduction;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MiniBatchesTest {
    private static final List<Experience> ROWS = IntStream.range(0, 10)
            .mapToObj(i -> Experience.of(TokenSequence.of(new int[] {1}, new int[] {i})))
            .toList();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 40})
    void everyRowIsInOneBatchAndBatchesAreAlike(int parts) {
        List<List<Experience>> batches = MiniBatches.of(ROWS, settings(parts, 1), 3, 0);
        assertThat(batches).hasSize(Math.min(parts, ROWS.size()));
        assertThat(batches.stream().flatMap(List::stream).toList()).containsExactlyInAnyOrderElementsOf(ROWS);
        assertThat(batches)
                .allSatisfy(batch -> assertThat(batch.size())
                        .isBetween(ROWS.size() / batches.size(), ROWS.size() / batches.size() + 1));
    }

    @Test
    void theOrderIsAFunctionOfSeedStepAndPass() {
        List<List<Experience>> once = MiniBatches.of(ROWS, settings(2, 1), 3, 0);
        assertThat(MiniBatches.of(ROWS, settings(2, 1), 3, 0)).isEqualTo(once);
        assertThat(MiniBatches.of(ROWS, settings(2, 1), 3, 1)).isNotEqualTo(once);
        assertThat(MiniBatches.of(ROWS, settings(2, 1), 4, 0)).isNotEqualTo(once);
        assertThat(MiniBatches.of(ROWS, settings(2, 2), 3, 0)).isNotEqualTo(once);
    }

    @Test
    void oneBatchKeepsTheRowsInTheirOrder() {
        assertThat(MiniBatches.of(ROWS, settings(1, 1), 3, 0)).containsExactly(ROWS);
    }

    private static PolicySettings settings(int parts, long seed) {
        return new PolicySettings(
                2,
                SamplingParams.greedy(3),
                new BatchBaseline(false)::estimate,
                beta -> new Likelihood(Reduction.TOKEN_MEAN),
                false,
                KlEstimator.K1,
                1,
                parts,
                false,
                1,
                new Seed(seed));
    }
}
