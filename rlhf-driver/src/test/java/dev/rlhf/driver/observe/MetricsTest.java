package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The one home of what numbers mean. */
class MetricsTest {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");

    @Test
    void theDocumentationIsWhatTheCodeSays() throws IOException {
        assertThat(PAGE).content().isEqualTo(page());
    }

    @Test
    void namesFollowPrometheus() {
        assertThat(Metrics.ALL).filteredOn(metric -> !metric.name().isEmpty()).allSatisfy(metric -> {
            assertThat(metric.name()).matches("rlhf(_[a-z]+)+");
            assertThat(metric.name().endsWith("_total")).isEqualTo(metric.type().equals("counter"));
            assertThat(metric.name().endsWith("_info")).isEqualTo(metric.type().equals("info"));
            assertThat(metric.help()).endsWith(".");
            assertThat(metric.healthy()).isNotBlank();
        });
        assertThat(Metrics.ALL.stream().map(Metric::name).filter(name -> !name.isEmpty()))
                .doesNotHaveDuplicates();
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

    private static String page() {
        String rows = Metrics.ALL.stream()
                .filter(metric -> !metric.name().isEmpty())
                .map(metric -> "| `" + metric.name() + "` | "
                        + (metric.key().isEmpty() ? "" : "`" + metric.key() + "`") + " | " + metric.type() + " | "
                        + metric.help() + " | " + metric.healthy() + " |")
                .collect(Collectors.joining("\n"));
        return """
                # Metrics

                `--metrics-port 9090` serves these numbers to Prometheus at `/metrics` while a run lasts (`/healthz` answers 200, every other path
                404); `metrics.jsonl` in the run's directory has those with a key, one object a step. The report explains them in the same words: all
                come from [words.yaml](../rlhf-driver/src/main/resources/dev/rlhf/driver/observe/words.yaml), and a test compares this page with it.

                Each has the label `run`, the name of the run's directory; those of a stage have `stage` as well. Gauges hold the last step's or
                evaluation's number. Counters begin at 0 with each process and never fall: a step that is repeated after a lost actor is counted again.
                The process and its JVM are described by the usual `process_…` (`process_resident_memory_bytes`, `process_cpu_seconds_total`) and
                `jvm_…` metrics. A number that nobody has described is `rlhf_` and its key.

                `evaluations.jsonl` has one object an evaluation: `stage`, `step` (0 is the model before the first step), `run_step`, `weight_version`,
                those of the numbers `eval_…` that the stage has, and `time_evaluate_s`. The line of `metrics.jsonl` of an evaluated step has them
                too. Where a key ends with `*`, the rest of it names the part.

                | name | key in metrics.jsonl | type | what it is | healthy |
                |---|---|---|---|---|
                """ + rows + "\n";
    }
}
