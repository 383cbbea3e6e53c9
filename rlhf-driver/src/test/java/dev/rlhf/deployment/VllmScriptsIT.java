package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scripts beside a vLLM, run by Python against a server that answers as vLLM does in each state. */
class VllmScriptsIT {
    private static final String TOKEN = "{\"usage\": {\"completion_tokens\": 1}}";

    private final AtomicReference<String> asked = new AtomicReference<>("");
    private final AtomicInteger generated = new AtomicInteger(10);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    /** What the server answers to a request for tokens; empty: nothing, ever. */
    private String completion = TOKEN;

    private int status = 200;
    private boolean paused;
    private int step;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/completions", this::complete);
        server.createContext("/is_paused", exchange -> answer(exchange, 200, "{\"is_paused\": " + paused + "}"));
        server.createContext(
                "/metrics",
                exchange -> answer(
                        exchange,
                        200,
                        "# TYPE vllm:generation_tokens counter\n"
                                + "vllm:generation_tokens_total{engine=\"0\",model_name=\"policy\"} "
                                + generated.getAndAdd(step) + ".0\n"));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void aTokenIsEnough() throws Exception {
        assertThat(probe(Map.of("VLLM_API_KEY", "key", "VLLM_MODEL_NAME", "mine")))
                .isEqualTo("0 ");
        assertThat(asked.get()).isEqualTo("Bearer key {\"model\": \"mine\", \"prompt\": [0], \"max_tokens\": 1}");
    }

    @Test
    void anEngineThatMakesNoTokenIsFoundOutAlthoughItsServerAnswers() throws Exception {
        completion = "";
        assertThat(probe(Map.of())).isEqualTo("1 vLLM made no token for 2 s, and is not paused\n");
    }

    @Test
    void aServerThatIsPausedForNewWeightsIsLeftAlone() throws Exception {
        completion = "";
        paused = true;
        assertThat(probe(Map.of())).isEqualTo("0 ");
    }

    @Test
    void aLongQueueIsNoFaultAsLongAsTokensCome() throws Exception {
        completion = "";
        step = 5;
        assertThat(probe(Map.of())).isEqualTo("0 ");
    }

    @Test
    void aRefusalIsSaid() throws Exception {
        status = 404;
        completion = "no model mine";
        assertThat(probe(Map.of())).isEqualTo("1 vLLM refuses a token: 404 no model mine\n");
    }

    @Test
    void aServerThatIsNotThereIsSaid() throws Exception {
        server.stop(0);
        assertThat(probe(Map.of())).startsWith("1 vLLM does not answer: ").contains("refused");
    }

    @Test
    void numbersAreShownOnAPortOfTheirOwnAndNothingElse() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process shown = python("metrics.py", Map.of("METRICS_PORT", String.valueOf(port)));
        try {
            assertThat(get(shown, port, "/metrics")).startsWith("200 ").contains("vllm:generation_tokens_total{");
            assertThat(get(shown, port, "/v1/completions")).startsWith("404 ");
            assertThat(get(shown, port, "/pause")).startsWith("404 ");
            server.stop(0);
            assertThat(get(shown, port, "/metrics")).startsWith("503 vLLM does not answer");
            shown.destroy();
            assertThat(shown.waitFor(10, TimeUnit.SECONDS))
                    .as("ends on SIGTERM")
                    .isTrue();
        } finally {
            shown.destroyForcibly();
        }
    }

    private String probe(Map<String, String> environment) throws Exception {
        // Eight seconds, of which the script leaves six to its other questions.
        Process process = python("probe.py", environment, "8");
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() + " " + printed;
    }

    private Process python(String script, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("python3", Helm.CHART.resolve("files").resolve(script).toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .put("VLLM_PROBED", "http://127.0.0.1:" + server.getAddress().getPort());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Status and body, once the script listens. */
    private static String get(Process script, int port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < 100; i++) {
            try {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                return response.statusCode() + " " + response.body();
            } catch (IOException notYet) {
                assertThat(script.waitFor(100, TimeUnit.MILLISECONDS))
                        .as("metrics.py has ended")
                        .isFalse();
            }
        }
        throw new AssertionError("metrics.py does not listen");
    }

    private void complete(HttpExchange exchange) throws IOException {
        asked.set(exchange.getRequestHeaders().getFirst("Authorization") + " "
                + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        if (!completion.isEmpty()) {
            answer(exchange, status, completion);
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
