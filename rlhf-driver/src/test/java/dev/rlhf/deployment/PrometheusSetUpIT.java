package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The set-up to copy for those without the Prometheus operator. */
class PrometheusSetUpIT {
    private static final Path FOLDER = Helm.HOME.resolve("deploy/prometheus");

    @TempDir
    Path folder;

    /** Debian's Prometheus is built without Kubernetes, so that a list of targets stands in the place of pods. */
    @ParameterizedTest
    @ValueSource(strings = {"machine.yml", "kubernetes.yml"})
    void prometheusItselfTakesIt(String file) throws Exception {
        Path promtool = Path.of("/usr/bin/promtool");
        assumeThat(promtool).as("promtool of Prometheus' package").isExecutable();
        String text = Files.readString(FOLDER.resolve(file))
                .replace("../../helm", Helm.HOME.resolve("helm").toString())
                .replace("kubernetes_sd_configs: [{role: pod}]", "static_configs: [{targets: [pod]}]");
        Path config = Files.writeString(folder.resolve(file), text);
        Process check = new ProcessBuilder(promtool.toString(), "check", "config", config.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(check.exitValue()).as(said).isZero();
    }

    /** The ports it keeps are the pods' ports of numbers, and no other. */
    @Test
    void itScrapesThePortsThatThePodMonitorsScrape() throws IOException {
        JsonNode rules = Manifests.read(Files.readString(FOLDER.resolve("kubernetes.yml")))
                .objects()
                .get(0)
                .at("/scrape_configs/0/relabel_configs");
        String kept = rules.at("/1/regex").asText();
        TreeSet<String> scraped = new TreeSet<>();
        TreeSet<String> monitored = new TreeSet<>();
        Manifests manifests = Helm.template(
                Helm.WITH_OPERATOR,
                Helm.RECIPE,
                "-f",
                Helm.HOME.resolve("deploy/four-nodes.yaml").toString());
        manifests
                .pods()
                .forEach(pod -> pod.containers()
                        .forEach(container -> container.path("ports").forEach(port -> {
                            if (port.path("name").asText().matches(kept)) {
                                scraped.add(port.path("name").asText());
                            }
                        })));
        manifests
                .of("PodMonitor")
                .forEach(monitor -> monitored.add(
                        monitor.at("/spec/podMetricsEndpoints/0/port").asText()));
        assertThat(scraped).isEqualTo(monitored).containsExactlyElementsOf(List.of("metrics", "rlhf-metrics"));
    }
}
