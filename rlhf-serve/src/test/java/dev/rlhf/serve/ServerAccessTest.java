package dev.rlhf.serve;

import static dev.rlhf.serve.ServerRequests.sampling;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.core.rollout.ServerAccess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom the embedded server answers, and how much of anyone it takes at once. */
@Timeout(120)
class ServerAccessTest {
    private static final String KEY = "k3y-of-the-test";
    private static final ServerAccess KEYED = new ServerAccess(Optional.of(KEY), 400);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    static Path directory;

    @BeforeAll
    static void make() {
        SmallModel.in(directory.resolve("model"), 1);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/models",
        "POST, /v1/completions",
        "POST, /tokenize",
        "POST, /detokenize",
        "POST, /pause",
        "POST, /resume",
        "GET, /is_paused",
        "POST, /collective_rpc",
        "POST, /reset_prefix_cache",
        "POST, /update_weight_version",
        "GET, /weight_info",
        "GET, /nothing",
    })
    void everyRouteButThoseOfProbesAsksForTheKey(String method, String path) throws Exception {
        try (GenerationServer server = start(KEYED)) {
            for (String wrong : List.of("", "Bearer ", "Bearer " + KEY + "x", "Bearer k3y", KEY, "Basic " + KEY)) {
                HttpResponse<String> answer =
                        ask(server, method, path, "{}", wrong).join();
                assertThat(answer.statusCode()).as("%s with %s", path, wrong).isEqualTo(401);
                // vLLM's own answer, which a client of either reads alike.
                assertThat(new ObjectMapper().readTree(answer.body()).toString())
                        .isEqualTo("{\"error\":\"Unauthorized\"}");
            }
            assertThat(ask(server, method, path, "{}", "Bearer " + KEY).join().statusCode())
                    .isNotEqualTo(401);
        }
    }

    @Test
    void probesAndScrapesNeedNoKeyAndWhatIsRefusedIsNotDone() {
        try (GenerationServer server = start(KEYED)) {
            assertThat(ask(server, "GET", "/health", "", "").join().statusCode())
                    .isEqualTo(200);
            assertThat(ask(server, "GET", "/metrics", "", "").join().body())
                    .contains("vllm:num_requests_running")
                    .doesNotContain(KEY);
            ask(server, "POST", "/pause?mode=keep", "", "").join();
            assertThat(ask(server, "GET", "/is_paused", "", "bearer " + KEY)
                            .join()
                            .body())
                    .isEqualTo("{\"is_paused\":false}");
        }
        assertThat(KEYED.toString()).doesNotContain(KEY);
    }

    /** There are more of them than threads, and they do not keep out what frees them. */
    @Test
    void completionsBeyondTheBoundAreRefusedAndTheOthersGetTheirSamples() {
        try (GenerationServer server = start(KEYED)) {
            ask(server, "POST", "/pause?mode=keep", "", "Bearer " + KEY).join();
            List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
            for (int i = 0; i < 410; i++) {
                held.add(ask(server, "POST", "/v1/completions", sampling("[3,4]", 1, 7, 3), "Bearer " + KEY));
            }
            assertThat(firstAnswers(held, 10)).allSatisfy(answer -> {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).contains("1");
                assertThat(answer.body()).contains("400 completions");
            });
            ask(server, "POST", "/resume", "", "Bearer " + KEY).join();
            List<HttpResponse<String>> all =
                    held.stream().map(CompletableFuture::join).toList();
            assertThat(all.stream().filter(answer -> answer.statusCode() == 503))
                    .hasSize(10);
            assertThat(all.stream()
                            .filter(answer -> answer.statusCode() == 200)
                            .map(answer -> ServerRequests.choices(answer))
                            .distinct())
                    .as("the same request, the same bits")
                    .hasSize(1);
            assertThat(all.stream().filter(answer -> answer.statusCode() == 200))
                    .hasSize(400);
        }
    }

    @Test
    void anAbortEndsThoseThatWaitForTheirTurnToo() {
        try (GenerationServer server = start(KEYED)) {
            ask(server, "POST", "/pause?mode=keep", "", "Bearer " + KEY).join();
            List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
            for (int i = 0; i < 401; i++) {
                held.add(ask(server, "POST", "/v1/completions", sampling("[3,4]", 1, 7, 3), "Bearer " + KEY));
            }
            firstAnswers(held, 1);
            ask(server, "POST", "/pause?mode=abort", "", "Bearer " + KEY).join();
            assertThat(held)
                    .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(503));
        }
    }

    @Test
    void aBodyOfMoreBytesThanAnIntCountsIsRefusedAtOnce() throws IOException {
        try (GenerationServer server = start(ServerAccess.OPEN);
                Socket socket = new Socket(
                        server.endpoint().getHost(), server.endpoint().getPort())) {
            socket.setSoTimeout(10_000);
            String head = "POST /v1/completions HTTP/1.1\r\nHost: here\r\nContent-Length: " + (3L << 30) + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(12);
            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void aBodyWithoutALengthIsBoundTooAndOneOfMoreSamplesThanARequestMayHaveIsRefused() throws IOException {
        try (GenerationServer server = start(ServerAccess.OPEN)) {
            assertThat(chunks(server.endpoint(), 65)).contains(" 413 ");
            assertThat(ask(server, "POST", "/v1/completions", "{\"prompt\":[[3],[4],[5],[6],[7]],\"n\":4096}", "")
                            .join())
                    .satisfies(answer -> {
                        assertThat(answer.statusCode()).isEqualTo(400);
                        assertThat(answer.body()).contains("16384", "20480");
                    });
        }
    }

    @ParameterizedTest
    @CsvSource({"2000, 400", "20, 400"})
    void aBodyOfDeepOrBrokenJsonIsRefused(int depth, int status) {
        try (GenerationServer server = start(ServerAccess.OPEN)) {
            assertThat(ask(server, "POST", "/v1/completions", "[".repeat(depth), "")
                            .join()
                            .statusCode())
                    .isEqualTo(status);
        }
    }

    private static GenerationServer start(ServerAccess access) {
        return GenerationServer.start(
                new GenerationSettings(directory.resolve("model"), "127.0.0.1", 0, "policy", 8, 1, null), access);
    }

    private static CompletableFuture<HttpResponse<String>> ask(
            GenerationServer server, String method, String path, String body, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.endpoint() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return CLIENT.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Waits for as many answers, in the order they come. */
    private static List<HttpResponse<String>> firstAnswers(
            List<CompletableFuture<HttpResponse<String>>> asked, int count) {
        List<HttpResponse<String>> answers = new ArrayList<>();
        List<CompletableFuture<HttpResponse<String>>> left = new ArrayList<>(asked);
        while (answers.size() < count) {
            CompletableFuture.anyOf(left.toArray(CompletableFuture[]::new)).join();
            left.removeIf(answer -> answer.isDone() && answers.add(answer.join()));
        }
        return answers;
    }

    /** Sends mebibytes in chunks until it is answered; the status line. */
    private static String chunks(URI endpoint, int mebibytes) throws IOException {
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write("POST /tokenize HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = new byte[1 << 20];
            Arrays.fill(chunk, (byte) ' ');
            try {
                for (int i = 0; i < mebibytes; i++) {
                    out.write("100000\r\n".getBytes(StandardCharsets.US_ASCII));
                    out.write(chunk);
                    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException cutOff) {
                // It may close its side once it has had enough; its answer has come before.
            }
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(64), StandardCharsets.US_ASCII);
        }
    }
}
