package dev.rlhf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.ClippedSurrogate;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.KlEstimator;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every learner of a policy promises; its vocabulary has at least seven tokens, its context at least eight. */
public abstract class LearnerContract {
    private static final Objective IMITATION = new Likelihood(Reduction.TOKEN_MEAN);
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
        TokenOutputs outputs = open().evaluate(ROWS, 1.0);
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
        float[][] first = learner.evaluate(ROWS, 0.7).logProbs();
        assertThat(learner.evaluate(ROWS, 0.7).logProbs()).isDeepEqualTo(first);
    }

    @Test
    void rowsDoNotTouchEachOther() {
        Learner learner = open();
        float[][] together = learner.evaluate(ROWS, 1.0).logProbs();
        for (int i = 0; i < ROWS.size(); i++) {
            float[] alone = learner.evaluate(List.of(ROWS.get(i)), 1.0).logProbs()[0];
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
        assertThat(one.evaluate(ROWS, 1.0).logProbs())
                .isDeepEqualTo(other.evaluate(ROWS, 1.0).logProbs());
    }

    @Test
    void aStepThatIsNotFiniteSaysItsNumberAndChangesNothing() {
        Learner learner = open();
        train(learner, 2);
        float[][] before = learner.evaluate(ROWS, 1.0).logProbs();
        assertThatThrownBy(() -> learner.update(
                        withAdvantage(Float.NaN),
                        new ClippedSurrogate(0.2, 0.2, 0, KlEstimator.K1, 0, 0, Reduction.TOKEN_MEAN)))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.DIVERGED))
                .hasMessageContaining("step 3")
                .hasMessageContaining("NaN");
        assertThat(learner.evaluate(ROWS, 1.0).logProbs()).isDeepEqualTo(before);
        train(learner, 1);
    }

    @Test
    void aSavedStateGoesOnExactly() {
        Learner straight = open();
        train(straight, 2);
        straight.saveState(files.resolve("state"));
        train(straight, 3);
        float[][] expected = straight.evaluate(ROWS, 1.0).logProbs();
        Learner resumed = open();
        train(resumed, 1);
        resumed.loadState(files.resolve("state"));
        train(resumed, 3);
        assertThat(resumed.evaluate(ROWS, 1.0).logProbs()).isDeepEqualTo(expected);
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
        UpdateReport report = learner.update(new TrainingBatch(rows, 1.0), IMITATION);
        for (int step = 1; step < steps; step++) {
            report = learner.update(new TrainingBatch(rows, 1.0), IMITATION);
        }
        return report;
    }

    /** A row whose last token is not trained on. */
    private static TrainingBatch masked(int[] response) {
        float[] none = {};
        TokenSequence sequence = TokenSequence.of(new int[] {1, 2}, response);
        return new TrainingBatch(
                List.of(new Experience(
                        sequence, new boolean[] {true, true, false}, none, none, none, none, none, none)),
                1.0);
    }

    private static TrainingBatch withAdvantage(float advantage) {
        float[] none = {};
        List<Experience> rows = ROWS.stream()
                .map(sequence -> {
                    float[] advantages = new float[sequence.responseLength()];
                    Arrays.fill(advantages, advantage);
                    return new Experience(
                            sequence, Experience.of(sequence).mask(), none, none, none, none, advantages, none);
                })
                .toList();
        return new TrainingBatch(rows, 1.0);
    }

    private static double sum(Learner learner) {
        double sum = 0;
        for (float[] row : learner.evaluate(ROWS, 1.0).logProbs()) {
            for (float logProb : row) {
                sum += logProb;
            }
        }
        return sum;
    }
}
