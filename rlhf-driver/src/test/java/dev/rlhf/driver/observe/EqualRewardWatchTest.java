package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EqualRewardWatchTest {
    private final List<String> said = new ArrayList<>();
    private final EqualRewardWatch watch = new EqualRewardWatch(new RunObserver() {
        @Override
        public void notice(String message) {
            said.add(message);
        }
    });

    @Test
    void mostGroupsWithEqualRewardsAreSaidOnceAStage() {
        start();
        steps(0.2, 0.9, 0.9, 0.9, 0.9);
        assertThat(said).as("0.76 on the mean of five steps").isEmpty();
        steps(0.9, 1, 1, 1, 1, 1);
        assertThat(said).hasSize(1);
        assertThat(said.get(0)).contains("stage grpo", "90.0 % of the prompts", "samples-per-prompt");
        start();
        steps(1, 1, 1, 1);
        assertThat(said).as("four steps are too few").hasSize(1);
        steps(1);
        assertThat(said).hasSize(2);
    }

    @Test
    void stagesWithoutGroupsAreNotMeant() {
        start();
        for (int step = 1; step <= 9; step++) {
            step(Map.of("loss", 1.0));
        }
        assertThat(said).isEmpty();
    }

    private void start() {
        watch.stageStarted(new StageStarted("grpo", "grpo", 1, 1, 100, 0));
    }

    private void steps(double... shares) {
        for (double share : shares) {
            step(Map.of("zero_variance_groups", share));
        }
    }

    private void step(Map<String, Double> metrics) {
        watch.stepDone(new StageStep("grpo", 1, new StepReport(1, new WeightVersion(1), metrics, Map.of(), List.of())));
    }
}
