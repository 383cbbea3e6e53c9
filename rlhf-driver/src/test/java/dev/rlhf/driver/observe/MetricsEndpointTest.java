package dev.rlhf.driver.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.run.StepReport;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsEndpointTest {
    private static final RunLabels RUN =
            new RunLabels("run-1", Map.of("recipe", "quickstart", "version", "0.1.0"), 300, 3, 600);

    private final MetricsEndpoint endpoint = MetricsEndpoint.start(MetricsAddress.local(0), RUN);

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Test
    void theNumbersOfTheLastStepAreThereByStage() throws Exception {
        endpoint.rewound(105, Set.of());
        endpoint.stageStarted(new StageStarted("grpo", "grpo", 2, 2, 200, 5));
        endpoint.stepDone(LinesTest.step(6, 0.25));
        endpoint.stepDone(LinesTest.step(7, 0.5));
        assertThat(scrape().lines())
                .contains(
                        "rlhf_reward_mean{run=\"run-1\",stage=\"grpo\"} 0.5",
                        "rlhf_loss{run=\"run-1\",stage=\"grpo\"} -0.02",
                        "rlhf_clipped_tokens_ratio{run=\"run-1\",stage=\"grpo\"} 0.125",
                        "rlhf_step{run=\"run-1\",stage=\"grpo\"} 7.0",
                        "rlhf_target_steps{run=\"run-1\",stage=\"grpo\"} 200.0",
                        "rlhf_run_step{run=\"run-1\"} 107.0",
                        "rlhf_run_target_steps{run=\"run-1\"} 300.0",
                        "rlhf_weight_version{run=\"run-1\"} 9.0",
                        "rlhf_run_info{recipe=\"quickstart\",run=\"run-1\",version=\"0.1.0\"} 1",
                        "rlhf_rewinds_total{run=\"run-1\"} 0.0",
                        "rlhf_trained_tokens_total{run=\"run-1\",stage=\"grpo\"} 1024.0",
                        "rlhf_phase_seconds_bucket{phase=\"generate\",run=\"run-1\",stage=\"grpo\",le=\"0.25\"} 0",
                        "rlhf_phase_seconds_bucket{phase=\"generate\",run=\"run-1\",stage=\"grpo\",le=\"0.5\"} 2",
                        "rlhf_phase_seconds_count{phase=\"generate\",run=\"run-1\",stage=\"grpo\"} 2",
                        "rlhf_phase_seconds_sum{phase=\"generate\",run=\"run-1\",stage=\"grpo\"} 1.0");
    }

    @Test
    void aPartOfTheRewardIsALabelAndANewNumberHasANameOfItsOwn() throws Exception {
        endpoint.stepDone(new StageStep(
                "grpo",
                1,
                new StepReport(
                        1,
                        new WeightVersion(1),
                        Map.of("reward_exact_match", 0.25, "reward_reward_model_2", 2.0, "new-number", 3.0),
                        Map.of(),
                        List.of())));
        assertThat(scrape().lines())
                .contains(
                        "rlhf_reward_component{reward=\"exact-match\",run=\"run-1\",stage=\"grpo\"} 0.25",
                        "rlhf_reward_component{reward=\"reward-model-2\",run=\"run-1\",stage=\"grpo\"} 2.0",
                        "rlhf_new_number{run=\"run-1\",stage=\"grpo\"} 3.0");
    }

    @Test
    void evaluationsAreThereFromTheirBaselineOn() throws Exception {
        Map<String, Double> numbers = Map.of(
                "eval_accuracy", 0.125, "eval_pass_at_8", 0.5, "eval_best_of_2_gold", 3.0, "eval_reward_gold", 2.0);
        Evaluation before = new Evaluation(0, new WeightVersion(1), numbers, List.of());
        endpoint.evaluated(new StageEvaluation("sft", 0, before, 0.25));
        assertThat(scrape().lines())
                .contains(
                        "rlhf_eval_accuracy_ratio{run=\"run-1\",stage=\"sft\"} 0.125",
                        "rlhf_eval_pass_at_k_ratio{k=\"8\",run=\"run-1\",stage=\"sft\"} 0.5",
                        "rlhf_eval_best_of{choice=\"2-gold\",run=\"run-1\",stage=\"sft\"} 3.0",
                        "rlhf_eval_reward{reward=\"gold\",run=\"run-1\",stage=\"sft\"} 2.0",
                        "rlhf_phase_seconds_count{phase=\"evaluate\",run=\"run-1\",stage=\"sft\"} 1");
    }

    @Test
    void countersNeverFallWhenARunGoesBack() throws Exception {
        endpoint.rewound(0, Set.of());
        endpoint.stepDone(LinesTest.step(1, 0.25));
        endpoint.rewound(100, Set.of());
        endpoint.stepDone(LinesTest.step(1, 0.25));
        assertThat(scrape().lines())
                .contains(
                        "rlhf_rewinds_total{run=\"run-1\"} 1.0",
                        "rlhf_trained_tokens_total{run=\"run-1\",stage=\"grpo\"} 1024.0",
                        "rlhf_run_step{run=\"run-1\"} 101.0");
    }

    @Test
    void aStageThatIsOverIsNotToldOfAnyMore() throws Exception {
        endpoint.stageStarted(new StageStarted("grpo", "grpo", 1, 2, 200, 5));
        endpoint.stepDone(LinesTest.step(6, 0.25));
        endpoint.stageFinished(result("grpo"));
        assertThat(scrape())
                .doesNotContain("rlhf_reward_mean{", "rlhf_step{")
                .contains("rlhf_run_step{run=\"run-1\"} 106.0", "rlhf_trained_tokens_total{");
        endpoint.stepDone(LinesTest.step(200, 0.75));
        endpoint.stageFinished(result("grpo"));
        assertThat(scrape()).as("the end of the run").contains("rlhf_reward_mean{run=\"run-1\",stage=\"grpo\"} 0.75");
    }

    @Test
    void timesOfStepsAndCheckpointsAreThoseOfTheClock() throws Exception {
        double before = seconds("rlhf_checkpoint_timestamp_seconds");
        assertThat(before).isGreaterThan(1.7e9);
        endpoint.checkpointed(2, 0.5);
        endpoint.stepDone(LinesTest.step(3, 0.25));
        assertThat(seconds("rlhf_checkpoint_timestamp_seconds")).isGreaterThanOrEqualTo(before);
        assertThat(seconds("rlhf_last_step_timestamp_seconds")).isBetween(before, before + 60);
    }

    @Test
    void theProcessIsThereBeforeTheFirstStep() throws Exception {
        assertThat(scrape())
                .contains("jvm_memory_used_bytes{", "process_start_time_seconds ", "process_cpu_seconds_total ");
        assumeThat(Files.exists(Path.of("/proc/self/status"))).isTrue();
        assertThat(scrape()).contains("process_resident_memory_bytes ");
    }

    /** What promtool checks: every metric has HELP and TYPE, and its name says its unit. */
    @Test
    void everyMetricIsDescribedAndNamedAsIsUsual() throws Exception {
        endpoint.stepDone(LinesTest.step(6, 0.25));
        endpoint.stageStarted(new StageStarted("grpo", "grpo", 2, 2, 200, 5));
        Set<String> described = new HashSet<>();
        Map<String, String> types = new HashMap<>();
        for (String line : scrape().lines().toList()) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP")) {
                assertThat(words[3]).as(line).isNotBlank();
                described.add(words[2]);
            } else if (line.startsWith("# TYPE")) {
                types.put(words[2], words[3]);
            } else {
                String name = line.replaceAll("[{ ].*", "");
                String metric = types.containsKey(name) ? name : name.replaceAll("_(bucket|count|sum)$", "");
                assertThat(described).as(line).contains(metric);
                assertThat(types).as(line).containsKey(metric);
            }
        }
        assertThat(types.size()).isGreaterThan(20);
        types.forEach((name, type) -> {
            assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
            assertThat(name).doesNotContain("_ns", "_ms", "_milliseconds").doesNotEndWith("_count");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "/metrics, 200",
        "/healthz, 200",
        "/, 404",
        "/metrics/, 404",
        "/metrics/x, 404",
        "/metricsx, 404",
        "/healthz/x, 404",
        "/-/healthy, 404",
        "/favicon.ico, 404",
    })
    void onlyTwoPathsAreFound(String path, int status) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(status);
    }

    @Test
    void aTakenPortIsTheUsersMistake() {
        assertThatThrownBy(() -> MetricsEndpoint.start(MetricsAddress.local(endpoint.port()), RUN))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(String.valueOf(endpoint.port()))
                .hasMessageContaining("--metrics-port");
    }

    private static StageResult result(String stage) {
        return new StageResult(stage, stage, 1, null, null, null, null, 1, null, null, null, null, null);
    }

    private double seconds(String name) throws IOException, InterruptedException {
        return scrape().lines()
                .filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    private String scrape() throws IOException, InterruptedException {
        return Scraper.of(endpoint).metrics();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return Scraper.of(endpoint).get(path);
    }
}
