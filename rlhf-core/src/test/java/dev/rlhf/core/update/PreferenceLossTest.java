package dev.rlhf.core.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What IPO and KTO promise beyond their derivatives. */
class PreferenceLossTest {
    private static final TokenOutputs FOUR =
            TokenOutputs.ofPolicy(new float[][] {{-1, -2}, {-1}, {-3, -1, -1}, {-0.5f}}, new float[0][]);

    @Test
    void ipoIsAtRestWhereTheLeadIsHalfOfOneOverBeta() {
        List<Experience> pair = List.of(against(FOUR, 0, -1.5f, -2), against(FOUR, 1, -1));
        GradientSum summed = sum(new IdentityPreference(1, false), pair, FOUR);
        assertThat(summed.loss()).isZero();
        assertThat(summed.logProbs()[0]).containsOnly(0);
        GradientSum averaged = sum(new IdentityPreference(1, true), pair, FOUR);
        assertThat(averaged.loss()).isCloseTo(0.25 * 0.25, within(1e-12));
        assertThat(averaged.logProbs()[0]).containsOnly(-0.25);
        assertThat(averaged.logProbs()[1]).containsExactly(0.5);
    }

    @Test
    void ipoComesBackFromFartherThanItsDistanceWhereDpoWouldGoOn() {
        List<Experience> pair = List.of(against(FOUR, 0, -9, -9), against(FOUR, 1, -1));
        assertThat(sum(new IdentityPreference(1, false), pair, FOUR).logProbs()[0][0])
                .isPositive();
        assertThat(sum(new DirectPreference(1, 0), pair, FOUR).logProbs()[0][0]).isNegative();
    }

    @Test
    void ktoMeasuresGainsAndLossesFromWhereMismatchedRowsAre() {
        List<Experience> rows = List.of(
                against(FOUR, 0, -1, -2).labelled(Label.DESIRABLE),
                against(FOUR, 1, -1).labelled(Label.UNDESIRABLE),
                against(FOUR, 2, -3, -1, -3).labelled(Label.MISMATCHED),
                against(FOUR, 3, -1.5f).labelled(Label.MISMATCHED));
        // Log-ratios: 0, 0, and 2 and 1 of the mismatched rows, so that z is 1.5.
        GradientSum found = sum(new KahnemanTversky(0.5, 1, 2), rows, FOUR);
        assertThat(found.loss()).isCloseTo((Pairs.sigmoid(0.75) + 2 * Pairs.sigmoid(-0.75)) / 2, within(1e-12));
        assertThat(found.logProbs()[0][0]).isNegative();
        assertThat(found.logProbs()[1][0]).isPositive();
        assertThat(found.logProbs()[2]).containsOnly(0);
        assertThat(found.logProbs()[3]).containsOnly(0);
        assertThat(found.done().statistics()).containsEntry("reference_point", 1.5);
    }

    @Test
    void ktosReferencePointIsNeverNegative() {
        List<Experience> rows = List.of(
                against(FOUR, 0, -1, -2).labelled(Label.DESIRABLE),
                against(FOUR, 1, -0.5f).labelled(Label.MISMATCHED));
        assertThat(sum(new KahnemanTversky(0.5, 1, 1), rows, FOUR).loss()).isEqualTo(0.5);
    }

    @Test
    void ktoRefusesARowWithoutALabel() {
        KahnemanTversky kto = new KahnemanTversky(0.1, 1, 1);
        List<Experience> rows = List.of(against(FOUR, 0, -1, -2));
        assertThatThrownBy(() -> sum(kto, rows, FOUR))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining("label");
        Objective.Prepared prepared = kto.prepare(TrainingBatch.of(rows), Optional.of(FOUR));
        assertThat(prepared).isNotNull();
        assertThatThrownBy(() -> kto.prepare(TrainingBatch.of(rows), Optional.empty()))
                .hasMessageContaining("first pass");
    }

    @Test
    void ktosRowsAreThePairsAndEachPromptWithAnothersResponse() {
        List<Experience> pairs = List.of(
                response(new int[] {1, 2}, 10),
                response(new int[] {1, 2}, 11, 12),
                response(new int[] {3}, 20),
                response(new int[] {3}, 21),
                response(new int[] {4, 4}, 30, 31),
                response(new int[] {4, 4}, 32));
        List<Experience> rows = new KahnemanTversky(0.1, 1, 1).rows(pairs);
        assertThat(rows).extracting(Experience::label).containsExactly(labels());
        assertThat(rows.subList(0, 6)).extracting(Experience::sequence).isEqualTo(sequences(pairs));
        assertThat(rows.subList(6, 12))
                .extracting(Experience::sequence)
                .containsExactly(
                        TokenSequence.of(new int[] {1, 2}, new int[] {30, 31}),
                        TokenSequence.of(new int[] {1, 2}, new int[] {32}),
                        TokenSequence.of(new int[] {3}, new int[] {10}),
                        TokenSequence.of(new int[] {3}, new int[] {11, 12}),
                        TokenSequence.of(new int[] {4, 4}, new int[] {20}),
                        TokenSequence.of(new int[] {4, 4}, new int[] {21}));
        assertThat(rows).allSatisfy(row -> assertThat(row.trainedTokens()).isPositive());
    }

    @Test
    void aMismatchedResponseIsCutWhereNoOtherRowWouldBeAsLong() {
        List<Experience> pairs = List.of(
                response(new int[] {1, 1, 1}, 10),
                response(new int[] {1, 1, 1}, 11),
                response(new int[] {2}, 20, 21, 22),
                response(new int[] {2}, 23));
        assertThat(new KahnemanTversky(0.1, 1, 1).rows(pairs).get(4).sequence())
                .isEqualTo(TokenSequence.of(new int[] {1, 1, 1}, new int[] {20}));
    }

    @Test
    void onePairHasNobodyElsesResponse() {
        List<Experience> pairs = List.of(response(new int[] {1}, 2), response(new int[] {1}, 3));
        assertThatThrownBy(() -> new KahnemanTversky(0.1, 1, 1).rows(pairs)).hasMessageContaining("at least 2");
        assertThat(new KahnemanTversky(0.1, 1, 1).rows(List.of())).isEmpty();
        assertThat(new DirectPreference(0.1, 0).rows(pairs)).isEqualTo(pairs);
    }

    private static Label[] labels() {
        List<Label> labels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            labels.addAll(List.of(Label.DESIRABLE, Label.UNDESIRABLE));
        }
        Stream.generate(() -> Label.MISMATCHED).limit(6).forEach(labels::add);
        return labels.toArray(Label[]::new);
    }

    private static List<TokenSequence> sequences(List<Experience> rows) {
        return rows.stream().map(Experience::sequence).toList();
    }

    private static Experience response(int[] prompt, int... response) {
        return Experience.of(TokenSequence.of(prompt, response));
    }

    private static Experience against(TokenOutputs outputs, int row, float... reference) {
        return Experience.of(TokenSequence.of(new int[] {1}, new int[outputs.logProbs()[row].length]))
                .with(Input.REFERENCE_LOG_PROBS, reference);
    }

    private static GradientSum sum(Objective objective, List<Experience> rows, TokenOutputs outputs) {
        float[][] logProbs = Arrays.copyOf(outputs.logProbs(), rows.size());
        TokenOutputs own = TokenOutputs.ofPolicy(logProbs, new float[0][]);
        GradientSum sum = new GradientSum(own, objective.needs().differentiated());
        objective.prepare(TrainingBatch.of(rows), Optional.of(own)).add(0, own, sum);
        return sum;
    }
}
