package dev.rlhf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.loop.RolloutGap;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.update.ClippedSurrogate;
import dev.rlhf.core.update.ClippedSurrogate.Clip;
import dev.rlhf.core.update.ClippedSurrogate.Ratio;
import dev.rlhf.core.update.EntropyTerm;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every learner of a policy promises; its vocabulary has at least seven tokens, its context at least eight. */
public abstract class LearnerContract {
    private static final Objective IMITATION =
            Objective.sum(new Likelihood(Reduction.TOKEN_MEAN), new EntropyTerm(0, Reduction.TOKEN_MEAN));
    private static final List<TokenSequence> ROWS = List.of(
            TokenSequence.of(new int[] {1, 2}, new int[] {3, 4, 0}),
            TokenSequence.of(new int[] {3}, new int[] {1}),
            TokenSequence.of(new int[] {2, 1, 4}, new int[] {5, 5}));

    @TempDir
    Path files;

    /** A learner with the same weights at each call and a learning rate at which ten steps show. */
    protected abstract Learner open();

    @Test
    void everyResponseTokenHasALogProbAndAnEntropy() {
        TokenOutputs outputs = open().evaluate(ROWS, 1.0, Set.of(Output.LOG_PROBS, Output.ENTROPIES));
        for (int i = 0; i < ROWS.size(); i++) {
            assertThat(outputs.logProbs()[i]).hasSize(ROWS.get(i).responseLength());
            assertThat(outputs.entropies()[i]).hasSize(ROWS.get(i).responseLength());
            for (int t = 0; t < outputs.logProbs()[i].length; t++) {
                assertThat(outputs.logProbs()[i][t]).isNegative().isFinite();
                assertThat(outputs.entropies()[i][t]).isPositive().isFinite();
            }
        }
        assertThat(outputs.values()).isEmpty();
    }

    @Test
    void askingChangesNothing() {
        Learner learner = open();
        float[][] first = learner.logProbs(ROWS, 0.7);
        assertThat(learner.logProbs(ROWS, 0.7)).isDeepEqualTo(first);
    }

    @Test
    void rowsDoNotTouchEachOther() {
        Learner learner = open();
        float[][] together = learner.logProbs(ROWS, 1.0);
        for (int i = 0; i < ROWS.size(); i++) {
            float[] alone = learner.logProbs(List.of(ROWS.get(i)), 1.0)[0];
            assertThat(alone).containsExactly(together[i], within(1e-5f));
        }
    }

    @Test
    void imitationMakesTheRowsLikelier() {
        Learner learner = open();
        double before = sum(learner);
        UpdateReport report = train(learner, 10);
        assertThat(sum(learner)).isGreaterThan(before + 1e-3);
        assertThat(report.loss()).isPositive();
        assertThat(report.gradientNorm()).isPositive();
        assertThat(report.learningRate()).isPositive();
        assertThat(report.tokens()).isEqualTo(12);
        assertThat(report.statistics()).containsKey("entropy");
    }

    @Test
    void whatIsMaskedIsNotLearnt() {
        Learner one = open();
        Learner other = open();
        one.update(masked(new int[] {3, 4, 0}), IMITATION);
        other.update(masked(new int[] {3, 4, 5}), IMITATION);
        assertThat(one.logProbs(ROWS, 1.0)).isDeepEqualTo(other.logProbs(ROWS, 1.0));
    }

    @Test
    void aStepThatIsNotFiniteSaysItsNumberAndChangesNothing() {
        Learner learner = open();
        train(learner, 2);
        float[][] before = learner.logProbs(ROWS, 1.0);
        assertThatThrownBy(() -> learner.update(
                        withAdvantage(Float.NaN),
                        new ClippedSurrogate(Ratio.TOKEN, Clip.PESSIMISTIC, 0.2, 0.2, 0, 0, Reduction.TOKEN_MEAN)))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.DIVERGED))
                .hasMessageContaining("step 3")
                .hasMessageContaining("NaN");
        assertThat(learner.logProbs(ROWS, 1.0)).isDeepEqualTo(before);
        train(learner, 1);
    }

    @Test
    void whatAServerSaidOtherwiseIsToldOrStopsTheStepBeforeAnythingChanges() {
        Learner learner = open();
        float[][] before = learner.logProbs(ROWS, 1.0);
        float[][] server = learner.logProbs(ROWS, 1.0);
        server[1][0] -= 0.25f;
        List<Experience> rows = IntStream.range(0, ROWS.size())
                .mapToObj(i -> Experience.of(ROWS.get(i)).with(Input.ROLLOUT_LOG_PROBS, server[i]))
                .toList();
        TrainingBatch batch = new TrainingBatch(rows, 1.0, 8);
        SamplingParams sampling = SamplingParams.greedy(8);
        assertThatThrownBy(() -> learner.update(batch, Objective.sum(IMITATION, new RolloutGap(sampling, 0.2))))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                .hasMessageContaining("rollout_gap is 0.250");
        assertThat(learner.logProbs(ROWS, 1.0)).isDeepEqualTo(before);
        UpdateReport report = learner.update(batch, Objective.sum(IMITATION, new RolloutGap(sampling, 0.3)));
        assertThat(report.statistics().get("rollout_gap")).isCloseTo(0.25, within(1e-5));
    }

    @Test
    void aSavedStateGoesOnExactly() {
        Learner straight = open();
        train(straight, 2);
        straight.saveState(files.resolve("state"));
        train(straight, 3);
        float[][] expected = straight.logProbs(ROWS, 1.0);
        Learner resumed = open();
        train(resumed, 1);
        resumed.loadState(files.resolve("state"));
        train(resumed, 3);
        assertThat(resumed.logProbs(ROWS, 1.0)).isDeepEqualTo(expected);
    }

    @Test
    void aMissingStateIsNamed() {
        Path missing = files.resolve("missing");
        assertThatThrownBy(() -> open().loadState(missing))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(missing.toString());
    }

    private static UpdateReport train(Learner learner, int steps) {
        List<Experience> rows = ROWS.stream().map(Experience::of).toList();
        UpdateReport report = learner.update(TrainingBatch.of(rows), IMITATION);
        for (int step = 1; step < steps; step++) {
            report = learner.update(TrainingBatch.of(rows), IMITATION);
        }
        return report;
    }

    /** A row whose last token is not trained on. */
    private static TrainingBatch masked(int[] response) {
        TokenSequence sequence = TokenSequence.of(new int[] {1, 2}, response);
        return TrainingBatch.of(List.of(Experience.of(sequence, new boolean[] {true, true, false})));
    }

    private static TrainingBatch withAdvantage(float advantage) {
        List<Experience> rows = ROWS.stream()
                .map(sequence -> {
                    float[] advantages = new float[sequence.responseLength()];
                    Arrays.fill(advantages, advantage);
                    return Experience.of(sequence).with(Input.ADVANTAGES, advantages);
                })
                .toList();
        return TrainingBatch.of(rows);
    }

    private static double sum(Learner learner) {
        double sum = 0;
        for (float[] row : learner.logProbs(ROWS, 1.0)) {
            for (float logProb : row) {
                sum += logProb;
            }
        }
        return sum;
    }
}
