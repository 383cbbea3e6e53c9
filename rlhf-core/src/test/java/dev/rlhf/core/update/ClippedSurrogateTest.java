package dev.rlhf.core.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.ClippedSurrogate.Clip;
import dev.rlhf.core.update.ClippedSurrogate.Ratio;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How ratios of sequences and clips of weights (GSPO, CISPO) differ from PPO's, and where they do not. */
class ClippedSurrogateTest {
    private static final float[][] LOG_PROBS = {{-1, -2, -3}, {-0.5f}};

    @ParameterizedTest
    @EnumSource(Ratio.class)
    void onPolicyEveryRatioAndClipHasThePolicyGradient(Ratio ratio) {
        List<Experience> rows = List.of(row(0, 2), row(1, -1));
        double[][] plain = derivatives(new PolicyGradient(0, Reduction.TOKEN_MEAN), rows);
        for (Clip clip : Clip.values()) {
            ClippedSurrogate surrogate = new ClippedSurrogate(ratio, clip, 0.2, 0.28, 0, 0, Reduction.TOKEN_MEAN);
            double[][] found = derivatives(surrogate, rows);
            for (int i = 0; i < plain.length; i++) {
                assertThat(found[i]).as("row %d, %s", i, clip).containsExactly(plain[i], within(1e-15));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Clip.class)
    void aResponseOfOneTokenIsItsOwnSequence(Clip clip) {
        List<Experience> rows = List.of(row(1, 1.5f, -0.8f));
        float[][] logProbs = {LOG_PROBS[1]};
        GradientSum token =
                sum(new ClippedSurrogate(Ratio.TOKEN, clip, 0.2, 0.28, 0, 0, Reduction.TOKEN_SUM), rows, logProbs);
        GradientSum sequence =
                sum(new ClippedSurrogate(Ratio.SEQUENCE, clip, 0.2, 0.28, 0, 0, Reduction.TOKEN_SUM), rows, logProbs);
        assertThat(sequence.loss()).isEqualTo(token.loss());
        assertThat(sequence.logProbs()[0]).containsExactly(token.logProbs()[0]);
    }

    @Test
    void aSequenceIsClippedAsAWhole() {
        // Its second token alone is far beyond the clip; the mean log-ratio is 0.1.
        List<Experience> rows = List.of(row(0, 1, -1.1f, -2.6f, -2.6f));
        double[] within = derivatives(gspo(0.2), rows)[0];
        assertThat(within).doesNotContain(0.0);
        assertThat(within[0]).isEqualTo(within[1]).isEqualTo(within[2]);
        assertThat(derivatives(gspo(0.05), rows)[0]).containsOnly(0);
    }

    @Test
    void aClippedWeightKeepsItsGradientWhereAPessimisticClipHasNone() {
        List<Experience> rows = List.of(row(1, 1, -4.5f));
        float[][] logProbs = {LOG_PROBS[1]};
        ClippedSurrogate ppo =
                new ClippedSurrogate(Ratio.TOKEN, Clip.PESSIMISTIC, 0.2, 0.28, 0, 0, Reduction.TOKEN_SUM);
        ClippedSurrogate cispo = new ClippedSurrogate(Ratio.TOKEN, Clip.STOP_GRADIENT, 1, 4, 0, 0, Reduction.TOKEN_SUM);
        assertThat(sum(ppo, rows, logProbs).logProbs()[0][0]).isZero();
        assertThat(sum(cispo, rows, logProbs).logProbs()[0][0]).isEqualTo(-5);
        assertThat(sum(cispo, rows, logProbs).done().statistics()).containsEntry("clip_fraction", 1.0);
    }

    private static ClippedSurrogate gspo(double high) {
        return new ClippedSurrogate(
                Ratio.SEQUENCE, Clip.PESSIMISTIC, 0.2, high, 0, 0, Reduction.SEQUENCE_MEAN_TOKEN_MEAN);
    }

    /** A row of {@code LOG_PROBS} with one advantage; without old log-probs it is on policy. */
    private static Experience row(int row, float advantage, float... old) {
        int length = LOG_PROBS[row].length;
        float[] advantages = new float[length];
        Arrays.fill(advantages, advantage);
        return Experience.of(TokenSequence.of(new int[] {1}, new int[length]))
                .with(Input.ADVANTAGES, advantages)
                .with(Input.OLD_LOG_PROBS, old);
    }

    private static double[][] derivatives(Objective objective, List<Experience> rows) {
        float[][] logProbs = Arrays.copyOf(LOG_PROBS, rows.size());
        return sum(objective, rows, logProbs).logProbs();
    }

    private static GradientSum sum(Objective objective, List<Experience> rows, float[][] logProbs) {
        TokenOutputs outputs = TokenOutputs.ofPolicy(logProbs, new float[0][]);
        GradientSum sum = new GradientSum(outputs, objective.needs().differentiated());
        objective.prepare(TrainingBatch.of(rows), Optional.empty()).add(0, outputs, sum);
        return sum;
    }
}
