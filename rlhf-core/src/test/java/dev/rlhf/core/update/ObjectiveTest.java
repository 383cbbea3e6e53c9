package dev.rlhf.core.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.ClippedSurrogate.Clip;
import dev.rlhf.core.update.ClippedSurrogate.Ratio;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Derivatives, splits and masks of every objective, on random ragged batches. */
class ObjectiveTest {
    /** Those whose derivative is that of a weight that is held fixed. */
    static Stream<Arguments> heldWeights() {
        return Arrays.stream(Ratio.values())
                .flatMap(ratio -> Arrays.stream(Reduction.values())
                        .map(reduction -> new ClippedSurrogate(ratio, Clip.STOP_GRADIENT, 0.2, 0.28, 0, 0, reduction)))
                .flatMap(objective -> Stream.of(Arguments.of(objective, 1L), Arguments.of(objective, 2L)));
    }

    static Stream<Arguments> all() {
        return Stream.concat(objectives(), heldWeights());
    }

    static Stream<Arguments> objectives() {
        Stream.Builder<Objective> all = Stream.builder();
        for (Reduction reduction : Reduction.values()) {
            all.add(new Likelihood(reduction));
            all.add(new ValueRegression(0.2, 0.5, reduction));
            for (Ratio ratio : Ratio.values()) {
                all.add(new ClippedSurrogate(ratio, Clip.PESSIMISTIC, 0.2, 0.28, 0, 0.01, reduction)
                        .withEntropyAndKl(KlEstimator.K3, 0.1));
            }
        }
        for (KlEstimator estimator : KlEstimator.values()) {
            all.add(new ClippedSurrogate(
                            Ratio.TOKEN, Clip.PESSIMISTIC, 0.2, 0.2, 3, 0, Reduction.SEQUENCE_MEAN_TOKEN_SUM_NORM)
                    .withEntropyAndKl(estimator, 0.05));
            all.add(new PolicyGradient(0.02, Reduction.TOKEN_MEAN).withEntropyAndKl(estimator, 0.05));
        }
        all.add(new ValueRegression(0, 1, Reduction.TOKEN_MEAN));
        all.add(new BradleyTerry(0, 0));
        all.add(new BradleyTerry(0.3, 0.01));
        all.add(new DirectPreference(0.1, 0));
        all.add(new DirectPreference(0.5, 0.1));
        all.add(new IdentityPreference(0.5, true));
        all.add(new IdentityPreference(0.2, false));
        all.add(new KahnemanTversky(0.5, 1, 1.3));
        return all.build().flatMap(objective -> Stream.of(Arguments.of(objective, 1L), Arguments.of(objective, 2L)));
    }

    @ParameterizedTest
    @MethodSource("objectives")
    void derivativesEqualFiniteDifferences(Objective objective, long seed) {
        RandomBatch random = new RandomBatch(seed);
        FiniteDifferences.check(objective, random.batch, outputs(objective, random));
    }

    @ParameterizedTest
    @MethodSource("heldWeights")
    void derivativesEqualFiniteDifferencesWhereTheWeightIsOne(Objective objective, long seed) {
        RandomBatch random = new RandomBatch(seed);
        FiniteDifferences.check(objective, random.batch.keeping(Set.of(Input.ADVANTAGES)), random.policy);
    }

    @ParameterizedTest
    @MethodSource("all")
    void anySplitIntoSlicesGivesTheSameSums(Objective objective, long seed) {
        RandomBatch random = new RandomBatch(seed);
        TokenOutputs outputs = outputs(objective, random);
        Objective.Prepared prepared = objective.prepare(random.batch, Optional.of(outputs));
        TokenGradients whole = objective.at(prepared, 0, outputs);

        double loss = 0;
        Map<String, Double> statistics = new HashMap<>();
        for (int from = 0; from < random.batch.rows().size(); from += 2) {
            TokenGradients part = objective.at(prepared, from, slice(outputs, from, from + 2));
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
    @MethodSource("all")
    void rowsMaskedAsAWholeChangeNothing(Objective objective, long seed) {
        RandomBatch random = new RandomBatch(seed);
        List<Experience> rows = random.batch.rows();
        TokenOutputs outputs = outputs(objective, random);
        // Rows 2 and 3 are one pair whose second half is masked as a whole: for pairs neither row counts.
        int[] kept = objective.needs().rowsPerUnit() == 2 ? new int[] {0, 1, 4, 5} : new int[] {0, 1, 2, 4, 5};
        TrainingBatch without =
                new TrainingBatch(Arrays.stream(kept).mapToObj(rows::get).toList(), 1.0, 8);
        double all = gradients(objective, random.batch, outputs).loss();
        double fewer = gradients(objective, without, pick(outputs, kept)).loss();
        assertThat(fewer).isCloseTo(all, within(1e-9));
    }

    @Test
    void batchMaskedAsAWholeHasNoLossAndNoGradient() {
        Experience masked = Experience.of(TokenSequence.of(new int[] {1}, new int[] {2, 3}), new boolean[2])
                .with(Input.OLD_LOG_PROBS, new float[2])
                .with(Input.REFERENCE_LOG_PROBS, new float[2])
                .with(Input.ADVANTAGES, new float[2]);
        TokenOutputs outputs = TokenOutputs.ofPolicy(new float[][] {{-1, -2}}, new float[][] {{1, 1}});
        TokenGradients gradients = gradients(
                surrogate(0.2, 0.2).withEntropyAndKl(KlEstimator.K3, 0.1), TrainingBatch.of(List.of(masked)), outputs);
        assertThat(gradients.loss()).isZero();
        assertThat(gradients.logProbs()[0]).containsOnly(0f);
    }

    @Test
    void withoutOldLogProbsTheRatioIsOne() {
        RandomBatch random = new RandomBatch(3);
        List<Experience> onPolicy = random.batch.rows().stream()
                .map(row -> row.keeping(Set.of(Input.ADVANTAGES)))
                .toList();
        TokenGradients clipped = gradients(surrogate(0.2, 0.2), TrainingBatch.of(onPolicy), random.policy);
        TokenGradients plain = gradients(new PolicyGradient(0, Reduction.TOKEN_MEAN), random.batch, random.policy);
        for (int i = 0; i < onPolicy.size(); i++) {
            assertThat(clipped.logProbs()[i]).containsExactly(plain.logProbs()[i]);
        }
    }

    /** What nobody needs is not there, so that an objective that reads more than it says is found out. */
    @ParameterizedTest
    @MethodSource("all")
    void whatIsNotNeededIsNotRead(Objective objective, long seed) {
        RandomBatch random = new RandomBatch(seed);
        TokenOutputs outputs = outputs(objective, random);
        Needs needs = objective.needs();
        TokenOutputs wanted = new TokenOutputs(
                needs.outputs().contains(Output.LOG_PROBS) ? outputs.logProbs() : new float[0][],
                needs.outputs().contains(Output.ENTROPIES) ? outputs.entropies() : new float[0][],
                needs.outputs().contains(Output.VALUES) ? outputs.values() : new float[0][]);
        TokenGradients least = gradients(objective, random.batch.keeping(needs.inputs()), wanted);
        TokenGradients whole = gradients(objective, random.batch, outputs);
        assertThat(least.loss()).isEqualTo(whole.loss());
        assertThat(least.logProbs()).isDeepEqualTo(whole.logProbs());
        assertThat(least.values()).isDeepEqualTo(whole.values());
        assertThat(least.entropies()).isDeepEqualTo(whole.entropies());
    }

    @Test
    void aSumLearnsFromTheRowsThatItsTermsMake() {
        List<Experience> pairs = new RandomBatch(1).batch.rows();
        KahnemanTversky kto = new KahnemanTversky(0.1, 1, 1);
        assertThat(Objective.sum(kto, new Likelihood(Reduction.TOKEN_MEAN)).rows(pairs))
                .hasSameSizeAs(kto.rows(pairs))
                .hasSizeGreaterThan(pairs.size());
        assertThatThrownBy(Objective::sum).hasMessage("a sum of objectives has no terms");
    }

    @Test
    void anEntropyIsMeasuredWhereNothingElseIs() {
        RandomBatch random = new RandomBatch(1);
        TokenOutputs entropies = new TokenOutputs(new float[0][], random.policy.entropies(), new float[0][]);
        assertThat(gradients(new EntropyTerm(0.1, Reduction.TOKEN_MEAN), random.batch, entropies)
                        .loss())
                .isNegative();
    }

    private static ClippedSurrogate surrogate(double low, double high) {
        return new ClippedSurrogate(Ratio.TOKEN, Clip.PESSIMISTIC, low, high, 0, 0, Reduction.TOKEN_MEAN);
    }

    private static TokenGradients gradients(Objective objective, TrainingBatch batch, TokenOutputs outputs) {
        return objective.at(objective.prepare(batch, Optional.of(outputs)), 0, outputs);
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
