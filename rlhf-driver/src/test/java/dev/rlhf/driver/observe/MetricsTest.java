package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The one home of what numbers mean. */
class MetricsTest {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");

    @Test
    void theDocumentationIsWhatTheCodeSays() throws IOException {
        assertThat(PAGE).content().isEqualTo(MetricsPage.text());
    }

    @Test
    void namesFollowPrometheus() {
        assertThat(Metrics.ALL).filteredOn(metric -> !metric.name().isEmpty()).allSatisfy(metric -> {
            assertThat(metric.name()).matches("rlhf(_[a-z]+)+");
            assertThat(metric.name().endsWith("_total")).isEqualTo(metric.type().equals("counter"));
            assertThat(metric.name().endsWith("_info")).isEqualTo(metric.type().equals("info"));
            assertThat(metric.help()).endsWith(".");
            assertThat(metric.healthy()).isNotBlank();
            assertThat(metric.action()).as(metric.name()).endsWith(".");
            assertThat(metric.help() + metric.healthy() + metric.action())
                    .as(metric.name())
                    .doesNotContain("|", "\n");
        });
        assertThat(Metrics.ALL.stream().map(Metric::name).filter(name -> !name.isEmpty()))
                .doesNotHaveDuplicates();
    }

    @Test
    void boundsAreNumbersOnOneSideOfWhatIsHealthy() {
        assertThat(Metrics.known("zero_variance_groups").most()).hasValue(0.8);
        assertThat(Metrics.known("entropy").least()).hasValue(0.05);
        assertThat(Metrics.known("loss").most()).isEmpty();
        assertThat(Metrics.known("loss").least()).isEmpty();
    }

    @Test
    void aPartOfTheRewardIsToldFromOtherRewards() {
        assertThat(Metrics.partOf("reward_exact_match"))
                .contains(new Metrics.Part(Metrics.rewardPart(), "exact-match"));
        for (String other : Set.of("reward_mean", "reward_std", "reward_chosen", "reward_rejected", "loss")) {
            assertThat(Metrics.partOf(other)).as(other).isEmpty();
        }
    }

    @Test
    void numbersOfSeveralAnswersAreParts() {
        assertThat(Metrics.partOf("eval_best_of_16_reward_model"))
                .contains(new Metrics.Part(Metrics.known("eval_best_of_*"), "16-reward-model"));
        assertThat(Metrics.partOf("eval_reward_gold"))
                .contains(new Metrics.Part(Metrics.known("eval_reward_*"), "gold"));
        assertThat(Metrics.ALL)
                .allSatisfy(metric -> assertThat(metric.key().endsWith("*"))
                        .as(metric.key())
                        .isEqualTo(!metric.part().isEmpty()));
    }
}
