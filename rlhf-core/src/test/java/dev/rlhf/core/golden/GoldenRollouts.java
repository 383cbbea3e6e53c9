package dev.rlhf.core.golden;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.Label;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Labelled samples of groups, as tools/golden/rollouts.py drew them; [B] and [B][T].
 *
 * @param note what is particular about them
 */
record GoldenRollouts(
        String note,
        boolean[][] mask,
        float[][] logProbs,
        float[][] oldLogProbs,
        float[][] referenceLogProbs,
        float[] rewards,
        int[] groups,
        float[][] advantages,
        Label[] labels) {

    TrainingBatch training() {
        List<Experience> rows =
                IntStream.range(0, mask.length).mapToObj(this::row).toList();
        return TrainingBatch.of(rows);
    }

    private Experience row(int i) {
        TokenSequence sequence = TokenSequence.of(new int[] {1}, new int[mask[i].length]);
        return Experience.of(sequence, mask[i])
                .with(Input.OLD_LOG_PROBS, oldLogProbs[i])
                .with(Input.REFERENCE_LOG_PROBS, referenceLogProbs[i])
                .with(Input.ADVANTAGES, advantages[i])
                .labelled(labels[i]);
    }

    TokenOutputs policy() {
        return TokenOutputs.ofPolicy(logProbs, new float[0][]);
    }

    /** The reward of each sample at its last token, 0 before. */
    float[][] tokenRewards() {
        float[][] tokenRewards = new float[mask.length][];
        for (int i = 0; i < mask.length; i++) {
            tokenRewards[i] = new float[mask[i].length];
            tokenRewards[i][mask[i].length - 1] = rewards[i];
        }
        return tokenRewards;
    }
}
