package dev.rlhf.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnswerNumbersTest {
    private static final RolloutGroup ONE = group(1, 2, 3, 4);
    private static final RolloutGroup OTHER = group(2, 2, 4, 4);
    private static final List<ScoredGroup> JUDGED = List.of(
            new ScoredGroup(ONE, new double[] {1, 0, 0, 0.9}, Map.of()),
            new ScoredGroup(OTHER, new double[] {0, 0, 0, 0}, Map.of()));

    @Test
    void withoutRewardsTheRuleAndTheLengthsSpeak() {
        Map<String, Double> numbers = new AnswerNumbers(JUDGED, List.of(), List.of()).all();
        assertThat(numbers).containsOnlyKeys("eval_length", "eval_pass_at_1", "eval_pass_at_2", "eval_pass_at_4");
        assertThat(numbers).containsEntry("eval_length", 22.0 / 8);
        assertThat(numbers.get("eval_pass_at_1")).isCloseTo(0.125, within(1e-12));
        assertThat(numbers.get("eval_pass_at_2")).isCloseTo(0.25, within(1e-12));
        assertThat(numbers.get("eval_pass_at_4")).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void theFirstRewardSelectsAndAllValue() {
        double[] liked = {4, 3, 2, 1};
        List<ScoredGroup> scored = List.of(
                new ScoredGroup(ONE, new double[4], Map.of("proxy-a", liked, "gold", new double[] {0, 0, 6, 12})),
                new ScoredGroup(OTHER, new double[4], Map.of("proxy-a", liked, "gold", new double[4])));
        Map<String, Double> numbers = new AnswerNumbers(JUDGED, List.of("proxy-a", "gold"), scored).all();
        assertThat(numbers)
                .containsEntry("eval_reward_proxy_a", 2.5)
                .containsEntry("eval_reward_gold", 18.0 / 8)
                .containsEntry("eval_best_of_4_proxy_a", 4.0)
                .containsEntry("eval_best_of_4_gold", 0.0)
                .doesNotContainKeys("eval_best_of_1_gold", "eval_best_of_3_gold");
        // Of 6 pairs, ranks 1, 2 and 3 are the best of 3, 2 and 1.
        assertThat(numbers.get("eval_best_of_2_proxy_a")).isCloseTo((12 + 6 + 2) / 6.0, within(1e-12));
        assertThat(numbers.get("eval_best_of_2_gold")).isCloseTo((6 / 6.0 + 0) / 2, within(1e-12));
        // Among the six answers of score 0, Σ r̃·l̃ / Σ l̃² with lengths 2 3 2 2 4 4 and rewards 3 2 4 3 2 1.
        assertThat(numbers.get("eval_length_slope"))
                .isCloseTo((38 - 17.0 * 15 / 6) / (53 - 17.0 * 17 / 6), within(1e-12));
    }

    @Test
    void whatIsScoredIsWhatIsJudged() {
        assertThatThrownBy(() -> new AnswerNumbers(JUDGED, List.of("gold"), List.of()))
                .hasMessageContaining("2 groups are judged and 0 are scored");
    }

    private static RolloutGroup group(int... lengths) {
        return new RolloutGroup(
                new Prompt("p", "", new int[] {1}, Map.of()),
                Arrays.stream(lengths)
                        .mapToObj(length -> new Completion(
                                new int[length], new float[length], FinishReason.STOP, new WeightVersion(1), ""))
                        .toList());
    }
}
