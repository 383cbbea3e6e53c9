package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the chart takes from files: dashboards, rules, scripts; its notes; and the commands that its page shows. */
class ChartContentsIT {
    private static final String FOUR_NODES =
            Helm.HOME.resolve("deploy/four-nodes.yaml").toString();

    @TempDir
    Path folder;

    @Test
    void everyDashboardAndRuleThatIsAddedIsTaken() throws IOException {
        Path chart = copy();
        String dashboard = "{\"title\": \"planted\", \"legend\": \"{{ run }} é\"}\n";
        Files.writeString(Files.createDirectories(chart.resolve("dashboards")).resolve("planted.json"), dashboard);
        Files.writeString(Files.createDirectories(chart.resolve("rules")).resolve("planted.yaml"), """
                # A comment.
                groups:
                  - name: planted
                    rules:
                      - alert: Planted
                        expr: rlhf_step > 0
                        for: 5m
                        labels: {severity: warning}
                        annotations: {summary: "run {{ $labels.run }} at {{ $value | humanize }}"}
                """);

        Manifests manifests =
                Helm.templateOf(chart, Helm.RECIPE, Helm.WITH_OPERATOR, "--set=monitoring.labels.release=prometheus");

        JsonNode shown = manifests.one("ConfigMap", "demo-dashboard-planted");
        assertThat(shown.at("/data/planted.json").asText()).isEqualTo(dashboard);
        assertThat(shown.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
        JsonNode rule = manifests.one("PrometheusRule", "demo-planted");
        assertThat(CustomResources.complaints(rule)).isEmpty();
        assertThat(rule.at("/metadata/labels/release").asText()).isEqualTo("prometheus");
        assertThat(rule.at("/spec/groups/0/rules/0/annotations/summary").asText())
                .isEqualTo("run {{ $labels.run }} at {{ $value | humanize }}");
    }

    @Test
    void everyDashboardAndRuleOfTheChartIsTaken() throws IOException {
        Manifests manifests = Helm.template(Helm.RECIPE, Helm.WITH_OPERATOR);
        for (Path file : files("dashboards", ".json")) {
            String name = file.getFileName().toString();
            assertThat(manifests
                            .one("ConfigMap", "demo-dashboard-" + name.replace(".json", ""))
                            .path("data")
                            .path(name)
                            .asText())
                    .isEqualTo(Files.readString(file));
        }
        for (Path file : files("rules", ".yaml")) {
            JsonNode expected = Manifests.read(Files.readString(file)).objects().get(0);
            JsonNode rule = manifests.one(
                    "PrometheusRule", "demo-" + file.getFileName().toString().replace(".yaml", ""));
            assertThat(rule.path("spec")).isEqualTo(expected);
        }
    }

    @Test
    void probesAskForATokenAndLeaveTheScriptTimeToSaySo() throws IOException {
        Manifests manifests = Helm.template(Helm.RECIPE, "-f", FOUR_NODES);
        JsonNode vllm = manifests.pod("vllm").container("vllm");
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            JsonNode asked = vllm.path(probe);
            JsonNode command = asked.at("/exec/command");
            assertThat(command.path(1).asText()).isEqualTo("/etc/vllm/probe.py");
            assertThat(command.path(2).asInt())
                    .as(probe)
                    .isLessThan(asked.path("timeoutSeconds").asInt());
        }
        assertThat(vllm.at("/startupProbe/failureThreshold").asInt()
                        * vllm.at("/startupProbe/periodSeconds").asInt())
                .as("60 minutes for a start")
                .isEqualTo(3600);
        for (String script : List.of("probe.py", "metrics.py")) {
            assertThat(manifests
                            .one("ConfigMap", "demo-vllm")
                            .path("data")
                            .path(script)
                            .asText())
                    .isEqualTo(Files.readString(Helm.CHART.resolve("files").resolve(script)));
        }
        assertThat(manifests.one("ConfigMap", "demo-recipe").at("/data/job.sh").asText())
                .isEqualTo(Files.readString(Helm.CHART.resolve("files/job.sh")));
    }

    /** An API server that does not know the operator's kinds would refuse the whole release. */
    @Test
    void whatNeedsThePrometheusOperatorIsMadeWhereItIs() throws IOException {
        assertThat(operatorsOwn(Helm.RECIPE, Helm.WITH_OPERATOR)).isTrue();
        assertThat(operatorsOwn(Helm.RECIPE)).isFalse();
        assertThat(operatorsOwn(Helm.RECIPE, Helm.WITH_OPERATOR, "--set=monitoring.enabled=false"))
                .isFalse();
        assertThat(Helm.template(Helm.RECIPE).names()).contains("ConfigMap demo-dashboard-training");

        String left = "There are no PodMonitors and no alert rules, since this Kubernetes has no Prometheus operator";
        assertThat(notes(copy(), Helm.RECIPE)).contains(left);
        assertThat(notes(copy(), Helm.RECIPE, Helm.WITH_OPERATOR)).doesNotContain("Prometheus");
        assertThat(notes(copy(), Helm.RECIPE, "--set=monitoring.enabled=false")).doesNotContain("Prometheus");
    }

    private static boolean operatorsOwn(String... arguments) {
        return Helm.template(arguments).objects().stream()
                .anyMatch(object -> object.path("apiVersion").asText().contains("coreos"));
    }

    @Test
    void drainsWaitForEveryPodOfTheRun() {
        Manifests manifests = Helm.template(Helm.RECIPE, "-f", FOUR_NODES);
        assertThat(manifests
                        .one("PodDisruptionBudget", "demo-head")
                        .at("/spec/minAvailable")
                        .asInt())
                .isEqualTo(1);
        assertThat(manifests
                        .one("PodDisruptionBudget", "demo-workers")
                        .at("/spec/minAvailable")
                        .asInt())
                .isEqualTo(5);
        assertThat(Helm.template(Helm.RECIPE, "--set=protectFromEviction=false").of("PodDisruptionBudget"))
                .isEmpty();
    }

    @Test
    void notesSayHowToFollowTheRun() throws IOException {
        Path chart = copy();
        assertThat(notes(chart, Helm.RECIPE))
                .contains("demo trains the given recipe into /runs/demo of the claim demo-runs.")
                .contains("kubectl -n training get rayjob demo")
                .contains("outlives helm uninstall");
        assertThat(notes(chart, "--set=mode=cluster,networkPolicy=false"))
                .contains("port-forward service/demo-head-svc 8265")
                .contains("--address http://127.0.0.1:8265 --home /opt/rlhf --out /runs/RUN --set 'runtime=ray'")
                .contains("--set 'runtime.learner=[{name: learner, amount: 1}")
                .contains("every pod of this Kubernetes can run commands");
    }

    /** Typed on a cluster by tools/cluster/deployment/files.sh. */
    @Test
    void notesAndPageSayAlikeHowFilesComeOutOfTheVolume() throws IOException {
        String notes = notes(copy(), Helm.RECIPE);
        List<String> commands = notes.lines()
                .dropWhile(line -> !line.startsWith("Its files"))
                .skip(2)
                .takeWhile(line -> !line.isBlank())
                .map(String::strip)
                .toList();
        assertThat(commands).hasSize(6).anyMatch(command -> command.contains("claimName: demo-runs/"));
        assertThat(Files.readString(Helm.HOME.resolve("docs/kubernetes.md")))
                .contains(
                        "```sh\n" + String.join("\n", commands).replace("kubectl -n training ", "kubectl ") + "\n```");
        assertThat(Files.readString(Helm.HOME.resolve("deploy/files.yaml")))
                .as("what sed looks for")
                .contains("persistentVolumeClaim: {claimName: runs}");
        assertThat(notes(copy(), Helm.RECIPE, "--set=storage.existingClaim=mine"))
                .contains("s/claimName: runs/claimName: mine/");
        assertThat(notes(copy(), "--set=mode=cluster")).contains("cp files:/runs/RUN/model RUN-model");
    }

    @Test
    void notesSayThatAnybodyReachesARedisWithoutAPassword() throws IOException {
        String without = "Its Redis asks for no password";
        assertThat(notes(copy(), Helm.RECIPE, "--set=headFaultTolerance.enabled=true"))
                .contains(without);
        assertThat(notes(copy(), Helm.RECIPE, "-f", FOUR_NODES)).doesNotContain(without);
        assertThat(notes(copy(), Helm.RECIPE)).doesNotContain(without);
    }

    /** A queue or a Secret that is not there holds the pods back without a word. */
    @Test
    void notesSayWhatThePodsWaitFor() throws IOException {
        assertThat(notes(copy(), Helm.RECIPE, "-f", FOUR_NODES, "--set=secrets.A.secret=keys,secrets.A.key=a"))
                .contains("when Kueue's LocalQueue training admits it")
                .contains("when there are the Secrets keys, rlhf-redis: kubectl -n training get secret");
        assertThat(notes(copy(), Helm.RECIPE)).doesNotContain("Kueue", "Secret");
    }

    /** Helm shows notes only beside a cluster, so that they are made an object's text here. */
    private static String notes(Path chart, String... values) throws IOException {
        Path made = chart.resolve("templates/notes.yaml");
        Files.writeString(
                made,
                "{{- define \"notes\" -}}\n" + Files.readString(Helm.CHART.resolve("templates/NOTES.txt"))
                        + "{{- end -}}\nkind: Notes\nmetadata: {name: notes}\ntext: {{ include \"notes\" . | toJson }}\n");
        return Helm.templateOf(chart, values).one("Notes", "notes").path("text").asText();
    }

    /** Each command of the page that installs or lints the chart is tried as it stands there, and its images are those that the page has made. */
    @Test
    void thePagesCommandsInstall() throws IOException {
        String page = Files.readString(Helm.HOME.resolve("docs/kubernetes.md")).replace("\\\n", " ");
        List<String> commands = Pattern.compile("^helm install (\\S+ helm/rlhf .*)$", Pattern.MULTILINE)
                .matcher(page)
                .results()
                .map(found -> found.group(1).replaceAll("\\s+#.*", "").strip())
                .toList();
        List<String> there = List.of("ghcr.io/me/rlhf:", "ghcr.io/me/rlhf-vllm:", "redis:", "rlhf:0.1.0-cpu");
        assertThat(commands).hasSizeGreaterThanOrEqualTo(6).allSatisfy(command -> {
            String[] words = ("template " + command.replace("my-recipe.yaml", "recipes/quickstart.yaml")).split("\\s+");
            Manifests manifests = Manifests.read(Helm.run(words).accepted());
            assertThat(manifests.names()).as(command).anyMatch(name -> name.startsWith("Ray"));
            assertThat(manifests.pods())
                    .flatExtracting(Manifests.Pod::containers)
                    .extracting(container -> container.path("image").asText())
                    .as(command)
                    .isNotEmpty()
                    .allMatch(image -> there.stream().anyMatch(image::startsWith));
        });
        List<String> lints =
                page.lines().filter(line -> line.startsWith("helm lint ")).toList();
        assertThat(lints)
                .hasSize(1)
                .allSatisfy(command -> Helm.run(command.substring(5)
                                .replace("my-recipe.yaml", "recipes/quickstart.yaml")
                                .split("\\s+"))
                        .accepted());
        assertThat(page).contains("REGISTRY=ghcr.io/me/ docker buildx bake", "kind load docker-image rlhf:0.1.0-cpu");
    }

    private Path copy() throws IOException {
        Path chart = Files.createTempDirectory(folder, "copy").resolve("rlhf");
        try (Stream<Path> files = Files.walk(Helm.CHART)) {
            for (Path file : files.toList()) {
                Files.copy(file, chart.resolve(Helm.CHART.relativize(file).toString()));
            }
        }
        return chart;
    }

    private static List<Path> files(String kind, String ending) throws IOException {
        Path from = Helm.CHART.resolve(kind);
        if (!Files.isDirectory(from)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(from)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }
}
