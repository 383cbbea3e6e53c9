package dev.rlhf.core.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.KahnemanTversky;
import dev.rlhf.core.update.TokenOutputs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairNumbersTest {
    @Test
    void aRewardModelIsToldByRankCertaintyAndLength() {
        // Margins ln 4, −ln 4, ln 1.5: probabilities 0.8, 0.2, 0.6; the chosen answer is longer, shorter, as long.
        float sure = (float) Math.log(4);
        float[][] scores = {{sure}, {0}, {0}, {sure}, {(float) Math.log(1.5)}, {0}};
        Map<String, Double> numbers = PairNumbers.ofRewardModel(TokenOutputs.ofValues(scores), rows(3, 2, 1, 4, 2, 2));

        assertThat(numbers)
                .containsOnlyKeys(
                        "eval_pair_accuracy",
                        "eval_calibration_error",
                        "eval_brier",
                        "eval_pair_accuracy_longer",
                        "eval_pair_accuracy_shorter")
                .containsEntry("eval_pair_accuracy", 2.0 / 3)
                .containsEntry("eval_pair_accuracy_longer", 1.0)
                .containsEntry("eval_pair_accuracy_shorter", 0.0);
        assertThat(numbers.get("eval_calibration_error")).isCloseTo(1.0 / 3, within(1e-6));
        assertThat(numbers.get("eval_brier")).isCloseTo(0.28, within(1e-6));
    }

    @Test
    void whereNoPairIsOfALengthThereIsNoNumberOfIt() {
        float[][] scores = {{1}, {0}};
        assertThat(PairNumbers.ofRewardModel(TokenOutputs.ofValues(scores), rows(2, 2)))
                .doesNotContainKeys("eval_pair_accuracy_longer", "eval_pair_accuracy_shorter");
    }

    @Test
    void aPolicyIsToldByTheLikelihoodOfEitherSide() {
        List<Experience> rows = new KahnemanTversky(0.1, 1, 1)
                .rows(rows(2, 2, 2, 2)).stream()
                        .map(row -> row.with(Input.REFERENCE_LOG_PROBS, new float[] {-1, -2}))
                        .toList();
        float[][] logProbs = {{-1, -3}, {-4, -5}, {-2, -2}, {-1, -1}, {0, 0}, {0, 0}, {0, 0}, {0, 0}};
        assertThat(PairNumbers.ofPolicy(TokenOutputs.ofPolicy(logProbs, new float[0][]), rows))
                .isEqualTo(Map.of(
                        "eval_pair_accuracy", 0.5,
                        "eval_chosen_log_prob", -4.0,
                        "eval_rejected_log_prob", -5.5,
                        "eval_chosen_gain", -1.0,
                        "eval_rejected_gain", -2.5));
    }

    private static List<Experience> rows(int... lengths) {
        return IntStream.range(0, lengths.length)
                .mapToObj(i -> {
                    int[] response = new int[lengths[i]];
                    Arrays.fill(response, 2 + i);
                    return Experience.of(TokenSequence.of(new int[] {1}, response));
                })
                .toList();
    }
}
