package dev.rlhf.core.golden;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Rows and what networks said of them, as tools/golden/batches.py drew them; all [B][T] but {@code scores}, [B][1]. */
record GoldenBatch(
        boolean[][] mask,
        float[][] logProbs,
        float[][] entropies,
        float[][] oldLogProbs,
        float[][] referenceLogProbs,
        float[][] predictedValues,
        float[][] oldValues,
        float[][] scores,
        float[][] advantages,
        float[][] returns) {

    /** The token budget of which {@code batches.py} knows. */
    private static final int LONGEST = 8;

    TrainingBatch training() {
        List<Experience> rows =
                IntStream.range(0, mask.length).mapToObj(this::row).toList();
        return new TrainingBatch(rows, 1.0, LONGEST);
    }

    private Experience row(int i) {
        TokenSequence sequence = TokenSequence.of(new int[] {1}, new int[mask[i].length]);
        return Experience.of(sequence, mask[i])
                .with(Input.OLD_LOG_PROBS, oldLogProbs[i])
                .with(Input.REFERENCE_LOG_PROBS, referenceLogProbs[i])
                .with(Input.VALUES, oldValues[i])
                .with(Input.ADVANTAGES, advantages[i])
                .with(Input.RETURNS, returns[i]);
    }

    /** These rows as samples of the very weights that are updated. */
    GoldenBatch onPolicy() {
        float[][] none = Arrays.stream(mask).map(row -> new float[0]).toArray(float[][]::new);
        return new GoldenBatch(
                mask,
                logProbs,
                entropies,
                none,
                referenceLogProbs,
                predictedValues,
                oldValues,
                scores,
                advantages,
                returns);
    }

    /** These rows with the advantage of their first token at every token. */
    GoldenBatch withOneAdvantageARow() {
        float[][] spread = Arrays.stream(advantages).map(float[]::clone).toArray(float[][]::new);
        Arrays.stream(spread).forEach(row -> Arrays.fill(row, row[0]));
        return new GoldenBatch(
                mask,
                logProbs,
                entropies,
                oldLogProbs,
                referenceLogProbs,
                predictedValues,
                oldValues,
                scores,
                spread,
                returns);
    }

    TokenOutputs policy() {
        return TokenOutputs.ofPolicy(logProbs, entropies);
    }
}
