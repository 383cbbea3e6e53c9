package dev.rlhf.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.WeightVersion;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationTest {
    @Test
    void accuracyDecidesThenPairsThenTheLoss() {
        assertBetter(Map.of("eval_accuracy", 0.5, "eval_loss", 9.0), Map.of("eval_accuracy", 0.25, "eval_loss", 1.0));
        assertBetter(Map.of("eval_accuracy", 0.5, "eval_loss", 1.0), Map.of("eval_accuracy", 0.5, "eval_loss", 2.0));
        assertBetter(
                Map.of("eval_pair_accuracy", 0.75, "eval_loss", 2.0),
                Map.of("eval_pair_accuracy", 0.5, "eval_loss", 1.0));
        assertBetter(Map.of("eval_loss", 1.0), Map.of("eval_loss", 1.5));
    }

    @Test
    void equalsAreNotBetter() {
        Evaluation one = evaluation(Map.of("eval_accuracy", 0.5));
        assertThat(one.betterThan(evaluation(Map.of("eval_accuracy", 0.5)))).isFalse();
        assertThat(evaluation(Map.of()).betterThan(one)).isFalse();
    }

    private static void assertBetter(Map<String, Double> better, Map<String, Double> worse) {
        assertThat(evaluation(better).betterThan(evaluation(worse))).isTrue();
        assertThat(evaluation(worse).betterThan(evaluation(better))).isFalse();
    }

    private static Evaluation evaluation(Map<String, Double> values) {
        return new Evaluation(1, new WeightVersion(1), values, List.of());
    }
}
