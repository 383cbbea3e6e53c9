package dev.rlhf.driver.track.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.track.TrackedRun;
import dev.rlhf.driver.track.Tracker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an MLflow server is asked, and what becomes of a run whose server does not do it; TrackersIT has a real one. */
class MlFlowTest {
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final Deque<Integer> faults = new ArrayDeque<>();

    @TempDir
    Path folder;

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aRunIsMadeDescribedToldOfAndEnded() {
        Tracker tracker = mlflow().open(run());
        tracker.numbers(3, 1700000000.25, Map.of("grpo/kl", 0.5));
        tracker.close(true, 1700000001);
        assertThat(asked)
                .containsExactly(
                        "GET experiments/get-by-name?experiment_name=an+experiment ",
                        "POST experiments/create {\"name\":\"an experiment\"}",
                        "POST runs/create {\"experiment_id\":\"4\",\"run_name\":\"run-1\",\"start_time\":1700000000000}",
                        "POST runs/log-batch {\"run_id\":\"abc\",\"params\":[{\"key\":\"stages.grpo.rewards_0_.kind\",\"value\":\"exact-match\"}]}",
                        "POST runs/log-batch {\"run_id\":\"abc\",\"metrics\":[{\"key\":\"grpo/kl\",\"value\":0.5,\"timestamp\":1700000000250,\"step\":3}]}",
                        "POST runs/update {\"run_id\":\"abc\",\"status\":\"FINISHED\",\"end_time\":1700000001000}");
    }

    @Test
    void aResumedRunGoesOnWithItsOwn() {
        mlflow().open(run()).close(false, 1);
        assertThat(asked.get(asked.size() - 1)).contains("\"status\":\"FAILED\"");
        asked.clear();
        mlflow().open(run()).close(true, 2);
        assertThat(asked)
                .containsExactly(
                        "POST runs/update {\"run_id\":\"abc\",\"status\":\"RUNNING\"}",
                        "POST runs/update {\"run_id\":\"abc\",\"status\":\"FINISHED\",\"end_time\":2000}");
    }

    @Test
    void whatAServerThatIsAwayWasNotToldIsToldLaterInItsOrder() {
        Tracker tracker = mlflow().open(run());
        asked.clear();
        faults.addAll(List.of(503, 429));
        tracker.numbers(1, 1, Map.of("a", 1.0));
        tracker.numbers(2, 2, Map.of("a", 2.0));
        tracker.close(true, 3);
        assertThat(asked.stream()
                        .filter(line -> line.contains("metrics"))
                        .map(line -> line.replaceAll(".*step\":(.).*", "$1")))
                .containsExactly("1", "1", "1", "2");
        assertThat(asked.get(asked.size() - 1)).contains("FINISHED");
    }

    @Test
    void beforeACheckpointAllIsTold() {
        Tracker tracker = mlflow().open(run());
        asked.clear();
        for (int step = 1; step <= 50; step++) {
            tracker.numbers(step, step, Map.of("a", 1.0));
        }
        tracker.flush();
        assertThat(asked).hasSize(50);
        tracker.close(true, 3);
    }

    @Test
    void aNumberThatIsRefusedKeepsNoOtherBack() {
        Tracker tracker = mlflow().open(run());
        asked.clear();
        faults.add(400);
        tracker.numbers(1, 1, Map.of("a", 1.0));
        tracker.numbers(2, 2, Map.of("a", 2.0));
        tracker.close(true, 3);
        assertThat(asked).hasSize(3);
    }

    @Test
    void aServerThatDoesNotAnswerIsNamedBeforeTheRunBegins() {
        server.stop(0);
        assertThatThrownBy(() -> mlflow().open(run()))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                .hasMessageContaining(url().toString())
                .hasMessageContaining("trackers=[]");
    }

    @Test
    void aServerThatRefusesIsQuoted() {
        faults.add(401);
        assertThatThrownBy(() -> mlflow().open(run()))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining("401: no, thank you")
                .hasMessageContaining("key-variable");
    }

    @Test
    void aKeyIsSentAndAVariableThatIsNotThereIsNamed() throws Exception {
        new MlFlowCalls(url(), Optional.of("secret")).get("runs/get");
        assertThat(asked).containsExactly("GET runs/get Bearer secret");
        assertThatThrownBy(() -> new MlFlow(url(), "an experiment", "RLHF_NO_SUCH_VARIABLE").open(run()))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining("RLHF_NO_SUCH_VARIABLE");
    }

    private MlFlow mlflow() {
        return new MlFlow(url(), "an experiment", null);
    }

    private URI url() {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    private TrackedRun run() {
        return new TrackedRun("run-1", folder, Map.of("stages.grpo.rewards[0].kind", "exact-match"), 1_700_000_000);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString().replace("/api/2.0/mlflow/", "");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String key = exchange.getRequestHeaders().getFirst("Authorization");
        asked.add(exchange.getRequestMethod() + " " + path + " " + body + (key == null ? "" : key));
        if (!faults.isEmpty()) {
            say(exchange, faults.remove(), "{\"error_code\":\"NO\",\"message\":\"no, thank you\"}");
        } else if (path.startsWith("experiments/get-by-name")) {
            say(exchange, 404, "{\"error_code\":\"RESOURCE_DOES_NOT_EXIST\"}");
        } else {
            say(exchange, 200, "{\"experiment_id\":\"4\",\"run\":{\"info\":{\"run_id\":\"abc\"}}}");
        }
    }

    private static void say(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
