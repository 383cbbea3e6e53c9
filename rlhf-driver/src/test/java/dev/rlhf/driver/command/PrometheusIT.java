package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.driver.observe.DashboardPlan;
import dev.rlhf.testing.prometheus.LocalPrometheus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dashboards and alerts in a real Prometheus that scrapes real runs. */
class PrometheusIT {
    private static final Path RULES = RlhfProcess.HOME.resolve("helm/rlhf/rules");
    private static final Path RULE_TESTS = Path.of("src/test/resources/prometheus");
    private static final String WINDOW = "30s";

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
        files(RULES).forEach(file -> arguments.add(file.toString()));
        assertThat(LocalPrometheus.promtool(arguments.toArray(String[]::new)))
                .contains("SUCCESS")
                .doesNotContain("FAILED");
    }

    @Test
    void everyAlertFiresOnPlantedSeriesAndOnNoneOfAGoodRun() throws IOException {
        List<Path> tests = files(RULE_TESTS);
        List<String> arguments = new ArrayList<>(List.of("test", "rules"));
        StringBuilder tried = new StringBuilder();
        for (Path file : tests) {
            arguments.add(file.toString());
            tried.append(Files.readString(file));
        }
        assertThat(LocalPrometheus.promtool(arguments.toArray(String[]::new)))
                .contains("SUCCESS")
                .doesNotContain("FAILED");
        assertThat(found(FIRES, tried.toString())).containsExactlyInAnyOrderElementsOf(alerts());
        for (String alert : alerts()) {
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
        try (LocalPrometheus prometheus = LocalPrometheus.start(folder, targets, files(RULES))) {
            double start = prometheus.now();
            Path out = folder.resolve("run");
            try (RlhfProcess run = start("run.log", "recipes/quickstart.yaml", out, driver, SHORT)) {
                assertThat(run.exitCode()).as(run.printed()).isZero();
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
            assertThat(prometheus.query("rlhf_run_step")).as("the run is over").isEmpty();
        }
    }

    /** Bounds and windows are those of the shipped rules; only the time for which they must hold is left out. */
    @Test
    void faultsOfARealRunFireTheirAlerts() throws IOException {
        int driver = LocalPrometheus.freePort();
        List<Path> rules = atOnce(folder);
        try (LocalPrometheus prometheus =
                LocalPrometheus.start(folder, List.of(new LocalPrometheus.Target("rlhf", driver)), rules)) {
            Path recipe = Files.writeString(folder.resolve("faulty.yaml"), FAULTY);
            try (RlhfProcess run =
                    start("faulty.log", recipe.toString(), folder.resolve("faulty"), driver, List.of())) {
                for (String alert : List.of(
                        "RlhfRewardsAllEqual", "RlhfTokensUnused", "RlhfAnswersTruncated", "RlhfCheckpointStalls")) {
                    prometheus.await(alert, () -> fires(prometheus, alert));
                }
                assertThat(fires(prometheus, "RlhfRunVanished")).isFalse();
                run.kill();
            }
            prometheus.await("RlhfRunVanished", () -> fires(prometheus, "RlhfRunVanished"));
            assertThat(prometheus
                            .query("ALERTS{alertname=\"RlhfRunVanished\"}")
                            .get(0)
                            .path("metric")
                            .path("run")
                            .asText())
                    .isEqualTo("faulty");
        }
    }

    static boolean fires(LocalPrometheus prometheus, String alert) {
        return !prometheus
                .query("ALERTS{alertstate=\"firing\",alertname=\"" + alert + "\"}")
                .isEmpty();
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

    private RlhfProcess start(String log, String recipe, Path out, int port, List<String> settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "run",
                RlhfProcess.HOME.resolve(recipe).toString(),
                "--out",
                out.toString(),
                "--metrics-port",
                String.valueOf(port)));
        settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        return RlhfProcess.start(folder.resolve(log), arguments.toArray(String[]::new));
    }

    /** The shipped rules without the time for which they must hold, written into {@code folder}. */
    static List<Path> atOnce(Path folder) throws IOException {
        List<Path> changed = new ArrayList<>();
        for (Path file : files(RULES)) {
            String text = Files.readString(file).replaceAll("(?m)^ +for: \\w+\\n", "");
            changed.add(Files.writeString(folder.resolve(file.getFileName().toString()), text));
        }
        return changed;
    }

    private static Set<String> alerts() throws IOException {
        Set<String> alerts = new TreeSet<>();
        for (Path file : files(RULES)) {
            alerts.addAll(found("alert: (\\w+)", Files.readString(file)));
        }
        assertThat(alerts).hasSizeGreaterThanOrEqualTo(12);
        return alerts;
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}
