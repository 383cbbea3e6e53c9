package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.testing.prometheus.LocalPrometheus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An MLflow tracking server of this machine. */
final class LocalMlFlow implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START = Duration.ofMinutes(3);
    private static final long POLL_MILLIS = 300;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = LocalPrometheus.freePort();
    private final Path log;
    private final Process process;

    private LocalMlFlow(Path folder) throws IOException {
        log = folder.resolve("mlflow.log");
        ProcessBuilder builder = new ProcessBuilder(
                        TrackerPrograms.path("mlflow"),
                        "server",
                        "--backend-store-uri",
                        "sqlite:///" + folder.resolve("mlflow.db"),
                        "--default-artifact-root",
                        folder.resolve("artifacts").toString(),
                        "--workers",
                        "1",
                        "--port",
                        String.valueOf(port))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("MLFLOW_DISABLE_TELEMETRY", "true");
        process = builder.start();
    }

    /** Starts one that keeps its runs in {@code folder}, and returns when it answers. */
    static LocalMlFlow start(Path folder) {
        try {
            LocalMlFlow server = new LocalMlFlow(folder);
            server.awaitHealthy();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The one run of an experiment. */
    JsonNode onlyRun(String experiment) {
        String id = get("experiments/get-by-name?experiment_name=" + experiment)
                .path("experiment")
                .path("experiment_id")
                .asText();
        JsonNode runs = ask(request("runs/search")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"experiment_ids\":[\"" + id + "\"]}")))
                .path("runs");
        assertThat(runs).hasSize(1);
        return runs.path(0);
    }

    /** Every value of a number, with its step. */
    JsonNode history(String run, String key) {
        return get("metrics/get-history?run_id=" + run + "&metric_key=" + key).path("metrics");
    }

    private void awaitHealthy() throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (!healthy()) {
            assertThat(process.isAlive() && System.nanoTime() < end)
                    .as("MLflow answers; it said: %s", Files.readString(log))
                    .isTrue();
            try {
                process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while MLflow started", e);
            }
        }
    }

    private boolean healthy() {
        try {
            return send(HttpRequest.newBuilder(URI.create(url() + "/health"))).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private JsonNode get(String path) {
        return ask(request(path));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + "/api/2.0/mlflow/" + path))
                .header("Content-Type", "application/json");
    }

    private JsonNode ask(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = send(request);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while MLflow was asked", e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }
}
