package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.driver.observe.DashboardPlan;
import dev.rlhf.testing.prometheus.LocalPrometheus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dashboards and alerts in a real Prometheus that scrapes real runs. */
class PrometheusIT {
    private static final Path RULE_TESTS = Path.of("src/test/resources/prometheus");
    private static final String WINDOW = "30s";
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** A test that its alert fires, and that does expect it. */
    private static final String FIRES =
            "(?s)name: (Rlhf\\w+) fires\\n(?:(?!\\n {4}name: ).)*?alertname: \\1\\n {8}exp_alerts:\\n {10}- exp_labels";

    /** The quickstart's four stages, each long enough to be scraped several times. */
    private static final List<String> SHORT = List.of(
            "checkpoint.every-steps=5",
            "stages.sft.steps=20",
            "stages.sft.evaluation.limit=16",
            "stages.reward-model.steps=20",
            "stages.reward-model.data.pairs=200",
            "stages.reward-model.data.held-out-pairs=50",
            "stages.ppo.steps=30",
            "stages.ppo.critic.warmup-steps=2",
            "stages.ppo.evaluation.limit=16",
            "stages.grpo.steps=30",
            "stages.grpo.evaluation.limit=16");

    /** Alerts that may hold for seconds in a run in good health, and why; none of them fires, as each must hold for minutes. */
    private static final Map<String, String> BRIEFLY = Map.of(
            "RlhfCriticBlind", "a critic foresees nothing in its first steps",
            "RlhfCheckpointStalls", "of the first stages of this run a step takes no longer than a checkpoint",
            "RlhfRunVanished", "a scrape that takes longer than its second, on a busy machine, is none");

    /** All answers are wrong, most are cut off, and a checkpoint takes as long as a step. */
    private static final String FAULTY = """
            name: faulty
            model: {kind: random, hidden-size: 16, layers: 1, attention-heads: 2, key-value-heads: 1, head-size: 8, \
            intermediate-size: 32, context-length: 32, \
            tokenizer: {kind: characters, alphabet: "abcdefghijklmnopqrstuvwxyz>"}}
            checkpoint: {every-steps: 1, keep: 2}
            stages:
              - name: grpo
                kind: grpo
                steps: 100000
                prompts-per-step: 4
                sampling: {samples-per-prompt: 4, max-tokens: 3}
                data: {kind: spelling}
                rewards: [{kind: exact-match}]
            """;

    @TempDir
    Path folder;

    @Test
    void rulesAreWellFormed() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("check", "rules"));
        Alerts.files(Alerts.RULES).forEach(file -> arguments.add(file.toString()));
        assertThat(LocalPrometheus.promtool(arguments.toArray(String[]::new)))
                .contains("SUCCESS")
                .doesNotContain("FAILED");
    }

    /** The page's own lies in another folder, as that of a reader does. */
    @Test
    void theConfigurationsToCopyFindTheRules() throws IOException {
        String page = Files.readString(RlhfProcess.HOME.resolve("docs/operations.md"));
        String shown =
                Alerts.found("(?s)```yaml\\n(# prometheus.yml\\n.*?)```", page).get(0);
        Path copied = Files.writeString(
                folder.resolve("prometheus.yml"), shown.replace("/opt/rlhf", RlhfProcess.HOME.toString()));
        for (Path config : List.of(copied, RlhfProcess.HOME.resolve("deploy/prometheus/machine.yml"))) {
            assertThat(LocalPrometheus.promtool("check", "config", config.toString()))
                    .contains("3 rule files found");
        }
    }

    @Test
    void everyAlertFiresOnPlantedSeriesAndOnNoneOfAGoodRun() throws IOException {
        List<Path> tests = Alerts.files(RULE_TESTS);
        List<String> arguments = new ArrayList<>(List.of("test", "rules"));
        StringBuilder tried = new StringBuilder();
        for (Path file : tests) {
            arguments.add(file.toString());
            tried.append(Files.readString(file));
        }
        assertThat(LocalPrometheus.promtool(arguments.toArray(String[]::new)))
                .contains("SUCCESS")
                .doesNotContain("FAILED");
        assertThat(Alerts.found(FIRES, tried.toString())).containsExactlyInAnyOrderElementsOf(Alerts.names());
        for (String alert : Alerts.names()) {
            assertThat(tried.toString())
                    .as("%s in good health", alert)
                    .containsPattern("eval_time: \\d+m\\n {8}alertname: " + alert + "\\n {6}- eval_time");
        }
    }

    @Test
    void everyPanelShowsDataOfARealRunOnWhichNoAlertFires() throws IOException {
        int driver = LocalPrometheus.freePort();
        int server = LocalPrometheus.freePort();
        List<LocalPrometheus.Target> targets =
                List.of(new LocalPrometheus.Target("rlhf", driver), new LocalPrometheus.Target("vllm", server));
        try (LocalPrometheus prometheus = LocalPrometheus.start(folder, targets, Alerts.files(Alerts.RULES))) {
            double start = prometheus.now();
            Path out = folder.resolve("run");
            try (RlhfProcess run = RlhfProcess.run(
                    RlhfProcess.HOME.resolve("recipes/quickstart.yaml"), out, driver, Map.of(), SHORT)) {
                assertThat(run.exitCode(LONGEST)).as(run.printed()).isZero();
            }
            String ended = "max_over_time(rlhf_run_step[1m]) == max_over_time(rlhf_run_target_steps[1m])";
            prometheus.await("the last step", () -> !prometheus.query(ended).isEmpty());
            try (RlhfProcess serve = RlhfProcess.start(
                    folder.resolve("serve.log"),
                    "serve",
                    out.resolve("model").toString(),
                    "--port",
                    String.valueOf(server))) {
                serve.await(
                        "scraped",
                        () -> prometheus.since(start, "rate(vllm:generation_tokens_total[" + WINDOW + "])").stream()
                                .anyMatch(PrometheusIT::isFinite));
                assertThat(withoutData(prometheus, start))
                        .as("queries without data")
                        .isEmpty();
            }
            assertThat(prometheus.since(start, "ALERTS{alertstate=\"firing\"}")).isEmpty();
            assertThat(held(prometheus, start, "vector(1)")).isSubsetOf(BRIEFLY.keySet());
            assertThat(held(prometheus, start, "rlhf_step{stage=\"grpo\"} >= 1"))
                    .as("in the last stage")
                    .isSubsetOf("RlhfRunVanished");
            assertThat(prometheus.query("rlhf_run_step")).as("the run is over").isEmpty();
        }
    }

    /** Bounds and windows are those of the shipped rules; only the time for which they must hold is left out. */
    @Test
    void faultsOfARealRunFireTheirAlerts() throws IOException {
        int driver = LocalPrometheus.freePort();
        List<Path> rules = Alerts.atOnce(folder);
        try (LocalPrometheus prometheus =
                LocalPrometheus.start(folder, List.of(new LocalPrometheus.Target("rlhf", driver)), rules)) {
            Path recipe = Files.writeString(folder.resolve("faulty.yaml"), FAULTY);
            try (RlhfProcess run = RlhfProcess.run(recipe, folder.resolve("faulty"), driver, Map.of(), List.of())) {
                Alerts.await(
                        prometheus,
                        "faulty",
                        "RlhfRewardsAllEqual",
                        "RlhfTokensUnused",
                        "RlhfAnswersTruncated",
                        "RlhfCheckpointStalls");
                assertThat(Alerts.fire(prometheus, "RlhfRunVanished")).isFalse();
                run.kill();
            }
            Alerts.await(prometheus, "faulty", "RlhfRunVanished");
        }
    }

    /** Alerts whose expression held at any second since then while a query had an answer, those that must hold for longer included. */
    private static Set<String> held(LocalPrometheus prometheus, double start, String during) {
        return prometheus.since(start, "ALERTS and on () (" + during + ")").stream()
                .map(series -> series.path("metric").path("alertname").asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> withoutData(LocalPrometheus prometheus, double start) {
        List<String> missing = new ArrayList<>();
        int asked = 0;
        for (DashboardPlan.Board board : DashboardPlan.read().dashboards()) {
            for (DashboardPlan.Panel panel : board.panels()) {
                for (DashboardPlan.Query query : panel.queries()) {
                    if (query.only().isEmpty()) {
                        asked++;
                        if (!hasNumbers(prometheus, start, query)) {
                            missing.add(board.title() + ", " + panel.title() + ": " + query.expr());
                        }
                    }
                }
            }
        }
        assertThat(asked).isGreaterThanOrEqualTo(30);
        return missing;
    }

    /** Whether a panel's query gave a finite number at any second since then. */
    static boolean hasNumbers(LocalPrometheus prometheus, double start, DashboardPlan.Query query) {
        return prometheus.since(start, query.plain(WINDOW)).stream().anyMatch(PrometheusIT::isFinite);
    }

    private static boolean isFinite(JsonNode series) {
        for (JsonNode value : series.path("values")) {
            if (Double.isFinite(Double.parseDouble(
                    value.path(1).asText().replace("+Inf", "Infinity").replace("-Inf", "-Infinity")))) {
                return true;
            }
        }
        return false;
    }
}
