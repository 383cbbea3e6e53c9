package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.testing.prometheus.LocalPrometheus;
import dev.rlhf.testing.ray.LocalRayCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Actors in processes of their own, on a real cluster: their numbers reach Prometheus, and so does their loss. */
class PrometheusOnRayIT {
    private static final List<String> SETTINGS = List.of(
            "runtime=ray",
            "actors.rollout=1",
            "checkpoint.every-steps=4",
            "stages.sft.steps=6",
            "stages.sft.evaluation.limit=16",
            "stages.reward-model.steps=6",
            "stages.reward-model.data.pairs=200",
            "stages.reward-model.data.held-out-pairs=50",
            "stages.ppo.steps=20",
            "stages.ppo.evaluation.limit=16",
            "stages.grpo.steps=30",
            "stages.grpo.evaluation.limit=16");

    @TempDir
    Path folder;

    @Test
    void lostActorsFireTheirAlertsAndTheRunEndsWell() throws IOException {
        int port = LocalPrometheus.freePort();
        Path out = folder.resolve("lost");
        try (LocalPrometheus prometheus = LocalPrometheus.start(
                        folder, List.of(new LocalPrometheus.Target("rlhf", port)), Alerts.atOnce(folder));
                LocalRayCluster cluster = LocalRayCluster.start(Path.of(System.getProperty("ray.environment")), 2, 2);
                RlhfProcess run = run(cluster, out, port)) {
            double start = prometheus.now();
            prometheus.await(
                    "memory of every actor",
                    () -> components(prometheus, "rlhf_resident_memory_bytes > 1e7")
                            .containsAll(List.of("driver", "learner-0", "rollout-0", "reward-0")));
            kill(run, out, "rollout-0", "\"ppo\",\"step\":3,");
            Alerts.await(prometheus, "lost", "RlhfActorRestarted");
            kill(run, out, "rollout-0", "\"ppo\",\"step\":6,");
            kill(run, out, "rollout-0", "\"ppo\",\"step\":9,");
            prometheus.await(
                    "three losses",
                    () -> !prometheus.query("rlhf_actor_restarts_total == 3").isEmpty());
            kill(run, out, "rollout-0", "\"ppo\",\"step\":12,");
            Alerts.await(prometheus, "lost", "RlhfActorRestartsOften");
            Alerts.requireSilence(
                    prometheus, start, "max(rlhf_actor_restarts_total) <= 3", "RlhfActorRestartsOften", "RlhfRewound");
            kill(run, out, "learner-0", "\"grpo\",\"step\":2,");
            Alerts.await(prometheus, "lost", "RlhfRewound");
            assertThat(run.exitCode()).as(run.printed()).isZero();
            assertThat(prometheus.since(start, "rlhf_tokens_total{use=\"wasted\"} > 0"))
                    .isNotEmpty();
            assertThat(prometheus.since(start, "rlhf_actor_restarts_total > 0"))
                    .extracting(
                            series -> series.path("metric").path("component").asText())
                    .containsExactlyInAnyOrder("rollout-0", "learner-0");
            assertThat(prometheus.since(start, "ALERTS{alertstate=\"firing\",alertname=\"RlhfRunVanished\"}"))
                    .isEmpty();
        }
    }

    private static List<String> components(LocalPrometheus prometheus, String query) {
        return prometheus.query(query).stream()
                .map((JsonNode series) ->
                        series.path("metric").path("component").asText())
                .toList();
    }

    private static RlhfProcess run(LocalRayCluster cluster, Path out, int port) {
        List<String> settings = new ArrayList<>(SETTINGS);
        settings.add("runtime.address=" + cluster.address());
        return RlhfProcess.run(
                RlhfProcess.HOME.resolve("recipes/quickstart.yaml"),
                out,
                port,
                Map.of("RLHF_RAY_PYTHON", cluster.python().toString()),
                settings);
    }

    /** kill -9 of the process an actor lives in, once a step is written that the run cannot end with. */
    private static void kill(RlhfProcess run, Path out, String actor, String step) {
        run.await(step, () -> text(out.resolve("metrics.jsonl")).contains(step));
        List<Long> processes = Pattern.compile("actor " + actor + " is process (\\d+)")
                .matcher(text(out.resolve("rlhf.log")))
                .results()
                .map(match -> Long.parseLong(match.group(1)))
                .toList();
        assertThat(ProcessHandle.of(processes.get(processes.size() - 1))
                        .orElseThrow()
                        .destroyForcibly())
                .as("kill -9 of %s", actor)
                .isTrue();
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
