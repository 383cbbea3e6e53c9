package dev.rlhf.core.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.TokenSequence;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Derivatives, splits and masks of every objective, on random ragged batches. */
class ObjectiveTest {
    private static final Reduction NORM = new Reduction(Reduction.Mode.SEQUENCE_MEAN_TOKEN_SUM_NORM, 8);

    static Stream<Arguments> objectives() {
        Stream.Builder<Objective> all = Stream.builder();
        for (Reduction.Mode mode : Reduction.Mode.values()) {
            Reduction reduction = new Reduction(mode, 8);
            all.add(new Likelihood(reduction));
            all.add(new ValueRegression(0.2, 0.5, reduction));
            all.add(new ClippedSurrogate(0.2, 0.28, 0, KlEstimator.K3, 0.1, 0.01, reduction));
        }
        for (KlEstimator estimator : KlEstimator.values()) {
            all.add(new ClippedSurrogate(0.2, 0.2, 3, estimator, 0.05, 0, NORM));
            all.add(new PolicyGradient(estimator, 0.05, 0.02, Reduction.TOKEN_MEAN));
        }
        all.add(new ValueRegression(0, 1, Reduction.TOKEN_MEAN));
        all.add(new BradleyTerry(0, 0));
        all.add(new BradleyTerry(0.3, 0.01));
        all.add(new DirectPreference(0.1, 0));
        all.add(new DirectPreference(0.5, 0.1));
        return all.build().flatMap(objective -> Stream.of(Arguments.of(objective, 1L), Arguments.of(objective, 2L)));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void derivativesEqualFiniteDifferences(Objective objective, long seed) {
        RandomBatch random = new RandomBatch(seed);
        FiniteDifferences.check(objective, random.batch, outputs(objective, random));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void anySplitIntoSlicesGivesTheSameSums(Objective objective, long seed) {
        RandomBatch random = new RandomBatch(seed);
        TokenOutputs outputs = outputs(objective, random);
        Objective.Bound bound = objective.over(random.batch);
        TokenGradients whole = bound.gradients(0, outputs);

        double loss = 0;
        Map<String, Double> statistics = new HashMap<>();
        for (int from = 0; from < random.batch.rows().size(); from += 2) {
            TokenGradients part = bound.gradients(from, slice(outputs, from, from + 2));
            loss += part.loss();
            part.statistics().forEach((name, value) -> statistics.merge(name, value, Double::sum));
            assertRowsEqual(part.logProbs(), whole.logProbs(), from);
            assertRowsEqual(part.values(), whole.values(), from);
        }
        assertThat(loss).isCloseTo(whole.loss(), within(1e-9));
        whole.statistics()
                .forEach((name, value) ->
                        assertThat(statistics.get(name)).as(name).isCloseTo(value, within(1e-9)));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void rowsMaskedAsAWholeChangeNothing(Objective objective, long seed) {
        RandomBatch random = new RandomBatch(seed);
        List<Experience> rows = random.batch.rows();
        TokenOutputs outputs = outputs(objective, random);
        // Rows 2 and 3 are one pair whose second half is masked as a whole: for pairs neither row counts.
        int[] kept = objective.rowsPerUnit() == 2 ? new int[] {0, 1, 4, 5} : new int[] {0, 1, 2, 4, 5};
        TrainingBatch without =
                new TrainingBatch(Arrays.stream(kept).mapToObj(rows::get).toList(), 1.0);
        double all = objective.over(random.batch).gradients(0, outputs).loss();
        double fewer = objective.over(without).gradients(0, pick(outputs, kept)).loss();
        assertThat(fewer).isCloseTo(all, within(1e-9));
    }

    @Test
    void batchMaskedAsAWholeHasNoLossAndNoGradient() {
        Experience masked = new Experience(
                TokenSequence.of(new int[] {1}, new int[] {2, 3}),
                new boolean[2],
                new float[2],
                new float[2],
                new float[2],
                new float[2],
                new float[2],
                new float[2]);
        TokenOutputs outputs = TokenOutputs.ofPolicy(new float[][] {{-1, -2}}, new float[][] {{1, 1}});
        TokenGradients gradients = new ClippedSurrogate(0.2, 0.2, 0, KlEstimator.K3, 0.1, 0, Reduction.TOKEN_MEAN)
                .over(new TrainingBatch(List.of(masked), 1.0))
                .gradients(0, outputs);
        assertThat(gradients.loss()).isZero();
        assertThat(gradients.logProbs()[0]).containsOnly(0f);
    }

    @Test
    void withoutOldLogProbsTheRatioIsOne() {
        RandomBatch random = new RandomBatch(3);
        Objective objective = new ClippedSurrogate(0.2, 0.2, 0, KlEstimator.K1, 0, 0, Reduction.TOKEN_MEAN);
        List<Experience> onPolicy = random.batch.rows().stream()
                .map(row -> new Experience(
                        row.sequence(),
                        row.mask(),
                        row.rolloutLogProbs(),
                        new float[0],
                        row.referenceLogProbs(),
                        row.values(),
                        row.advantages(),
                        row.returns()))
                .toList();
        TokenGradients clipped =
                objective.over(new TrainingBatch(onPolicy, 1.0)).gradients(0, random.policy);
        TokenGradients plain = new PolicyGradient(KlEstimator.K1, 0, 0, Reduction.TOKEN_MEAN)
                .over(random.batch)
                .gradients(0, random.policy);
        for (int i = 0; i < onPolicy.size(); i++) {
            assertThat(clipped.logProbs()[i]).containsExactly(plain.logProbs()[i]);
        }
    }

    private static TokenOutputs outputs(Objective objective, RandomBatch random) {
        if (objective instanceof ValueRegression) {
            return random.values;
        }
        return objective instanceof BradleyTerry ? random.scores : random.policy;
    }

    private static TokenOutputs slice(TokenOutputs outputs, int from, int to) {
        int[] rows = IntStream.range(from, to).toArray();
        return pick(outputs, rows);
    }

    private static TokenOutputs pick(TokenOutputs outputs, int[] rows) {
        return new TokenOutputs(
                pick(outputs.logProbs(), rows), pick(outputs.entropies(), rows), pick(outputs.values(), rows));
    }

    private static float[][] pick(float[][] from, int[] rows) {
        return from.length == 0
                ? from
                : Arrays.stream(rows).mapToObj(i -> from[i]).toArray(float[][]::new);
    }

    private static void assertRowsEqual(float[][] part, float[][] whole, int from) {
        for (int i = 0; i < part.length; i++) {
            assertThat(part[i]).containsExactly(whole[from + i]);
        }
    }
}
