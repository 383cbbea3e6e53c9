package dev.rlhf.testing.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** A Prometheus that scrapes programs of this machine each second. */
public final class LocalPrometheus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 200;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final Process process;
    private final Path log;

    /**
     * What is scraped.
     *
     * @param job its label {@code job}
     * @param port port of {@code /metrics} on this machine
     */
    public record Target(String job, int port) {}

    private LocalPrometheus(int port, Process process, Path log) {
        this.port = port;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts one and returns when it is ready; skips the test, saying so, where there is no Prometheus.
     *
     * @param folder an empty folder for what it writes
     * @param targets what it scrapes
     * @param rules rule files, evaluated each second
     */
    public static LocalPrometheus start(Path folder, List<Target> targets, List<Path> rules) {
        Path program = Programs.require("prometheus");
        int port = freePort();
        String jobs = targets.stream()
                .map(target -> "  - {job_name: " + target.job() + ", static_configs: [{targets: ['127.0.0.1:"
                        + target.port() + "']}]}\n")
                .collect(Collectors.joining());
        String files = rules.stream()
                .map(file -> "  - " + file.toAbsolutePath() + "\n")
                .collect(Collectors.joining());
        try {
            Path config = Files.writeString(
                    folder.resolve("prometheus.yml"),
                    "global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\n"
                            + (rules.isEmpty() ? "" : "rule_files:\n" + files) + "scrape_configs:\n" + jobs);
            Path log = folder.resolve("prometheus.log");
            Process process = new ProcessBuilder(
                            program.toString(),
                            "--config.file=" + config,
                            "--storage.tsdb.path=" + folder.resolve("data"),
                            "--web.listen-address=127.0.0.1:" + port)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            LocalPrometheus prometheus = new LocalPrometheus(port, process, log);
            prometheus.await("ready", prometheus::ready);
            return prometheus;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port of this machine that nobody listens on. */
    public static int freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code promtool} prints; fails when it does, and skips the test where there is none. */
    public static String promtool(String... arguments) {
        return Programs.run("promtool", arguments);
    }

    /** Series that a query gives now, each with {@code metric} and {@code value}. */
    public List<JsonNode> query(String expression) {
        return list(ask("query?query=" + encoded(expression)).path("result"));
    }

    /** Prometheus' clock, in seconds since 1970. */
    public double now() {
        return ask("query?query=time()").path("result").path(0).asDouble();
    }

    /** Series that a query gave at any second since then, each with {@code metric} and {@code values}. */
    public List<JsonNode> since(double start, String expression) {
        return list(ask("query_range?query=" + encoded(expression) + "&start=" + start + "&end=" + now() + "&step=1s")
                .path("result"));
    }

    /** Waits until something holds. */
    public void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(process.isAlive() && System.nanoTime() < end)
                    .as("%s; Prometheus said: %s", what, said())
                    .isTrue();
            try {
                process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
        }
    }

    private boolean ready() {
        try {
            return get("/-/ready").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private JsonNode ask(String path) {
        try {
            HttpResponse<String> answer = get("/api/v1/" + path);
            assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
            return JSON.readTree(answer.body()).path("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .timeout(Duration.ofSeconds(30))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while Prometheus was asked", e);
        }
    }

    private static List<JsonNode> list(JsonNode array) {
        List<JsonNode> nodes = new ArrayList<>();
        array.forEach(nodes::add);
        return nodes;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private String said() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "(its log cannot be read: " + e.getMessage() + ")";
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
