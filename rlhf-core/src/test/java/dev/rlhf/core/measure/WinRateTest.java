package dev.rlhf.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.measure.PairJudge.Preference;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WinRateTest {
    private static final PairJudge LONGER = (prompt, first, second) -> {
        int order = Integer.compare(first.text().length(), second.text().length());
        return order == 0 ? Preference.TIE : order > 0 ? Preference.FIRST : Preference.SECOND;
    };

    @Test
    void winsCountAWholeAndTiesAHalf() {
        assertThat(rate(LONGER, List.of("aa", "a", "b", "bbb"), List.of("a", "bb", "a", "b")))
                .isEqualTo(2.5 / 4);
    }

    @Test
    void aJudgeOfPlacesAloneIsWorthACoin() {
        PairJudge first = (prompt, one, other) -> Preference.FIRST;
        assertThat(rate(first, List.of("a", "b"), List.of("c", "d"))).isEqualTo(0.5);
        assertThat(rate((prompt, one, other) -> Preference.SECOND, List.of("a"), List.of("b")))
                .isEqualTo(0.5);
    }

    @Test
    void aWeaknessForTheFirstPlaceIsCancelled() {
        // It lets the first place win unless the second is longer by two; in one order alone that would be 3 of 4.
        PairJudge biased = (prompt, one, other) ->
                other.text().length() - one.text().length() >= 2 ? Preference.SECOND : Preference.FIRST;
        List<String> own = List.of("aaaa", "aa", "a", "a");
        List<String> others = List.of("a", "a", "aa", "aaaa");
        assertThat(rate(biased, own, others)).isEqualTo(0.5).isEqualTo(rate(biased, others, own));
        assertThat(rate(biased, own.subList(0, 3), others.subList(0, 3))).isEqualTo(2.0 / 3);
    }

    @Test
    void aTieInOneOrderIsNoWin() {
        PairJudge lenient = (prompt, one, other) -> one.text().equals("a") ? Preference.FIRST : Preference.TIE;
        assertThat(rate(lenient, List.of("a"), List.of("b"))).isEqualTo(0.5);
    }

    @Test
    void everyPromptHasTwoAnswers() {
        assertThatThrownBy(() -> WinRate.of(LONGER, List.of(), List.of(), List.of()))
                .hasMessageContaining("0 prompts");
    }

    @Test
    void scoresNeedNoSwap() {
        assertThat(WinRate.ofScores(new double[] {2, 1, 1, 0}, new double[] {1, 1, 2, 1}))
                .isEqualTo(1.5 / 4);
        assertThatThrownBy(() -> WinRate.ofScores(new double[1], new double[2]))
                .hasMessageContaining("1 scores, and 2");
    }

    private static double rate(PairJudge judge, List<String> own, List<String> others) {
        List<Prompt> prompts = IntStream.range(0, own.size())
                .mapToObj(i -> new Prompt("p:" + i, "", new int[] {1}, Map.of()))
                .toList();
        return WinRate.of(judge, prompts, answers(own), answers(others));
    }

    private static List<Completion> answers(List<String> texts) {
        return texts.stream()
                .map(text ->
                        new Completion(new int[] {1}, new float[] {0}, FinishReason.STOP, new WeightVersion(1), text))
                .toList();
    }
}
