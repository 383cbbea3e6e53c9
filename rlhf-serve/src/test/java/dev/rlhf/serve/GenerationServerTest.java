package dev.rlhf.serve;

import static dev.rlhf.serve.ServerRequests.choices;
import static dev.rlhf.serve.ServerRequests.sampling;
import static dev.rlhf.serve.ServerRequests.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.learner.DjlNetwork;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the embedded server promises beyond the protocol. */
class GenerationServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path directory;

    private static GenerationServer server;

    @BeforeAll
    static void start() {
        SmallModel.in(directory.resolve("first"), 1);
        server = GenerationServer.start(
                new GenerationSettings(directory.resolve("first"), "127.0.0.1", 0, "policy", 24, 1, null));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void moreSamplesRunTogetherThanTheContextHasPositions() {
        Path model = SmallModel.in(directory.resolve("narrow"), 1, 32);
        try (GenerationServer narrow =
                GenerationServer.start(new GenerationSettings(model, "127.0.0.1", 0, "policy", 100, 1, null))) {
            JsonNode many = choices(send(narrow.endpoint(), "/v1/completions", sampling("[3,4,5]", 80, 11, 20))
                    .join());
            assertThat(many).hasSize(80);
            JsonNode last = choices(send(narrow.endpoint(), "/v1/completions", sampling("[3,4,5]", 1, 11 + 79, 20))
                    .join());
            assertThat(many.get(79).path("token_ids")).isEqualTo(last.get(0).path("token_ids"));
        }
    }

    @Test
    void aBodyOfMegabytesIsRead() {
        String blank = " ".repeat(2_000_000);
        assertThat(post("/v1/completions", "{\"prompt\":[3],\"max_tokens\":2" + blank + "}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void theSameRequestGivesTheSameBitsWhateverRunsBesideIt() {
        assertThat(new InvarianceScenario(server.endpoint()).answersAreEqual()).isTrue();
    }

    @Test
    void logProbsAreThoseTheLearnerComputes() {
        JsonNode choice = choices(post("/v1/completions", sampling("[3,4,5,6,7]", 1, 5, 30)))
                .get(0);
        int[] tokens = JSON.convertValue(choice.path("token_ids"), int[].class);
        double[] served = JSON.convertValue(choice.path("logprobs").path("token_logprobs"), double[].class);
        try (DjlNetwork network = DjlNetwork.open(new NetworkSettings(
                directory.resolve("first").toString(), Head.LANGUAGE_MODEL, 4096, 1, new Seed(0)))) {
            float[] learned = network.logProbs(List.of(TokenSequence.of(new int[] {3, 4, 5, 6, 7}, tokens)), 0.8)[0];
            for (int t = 0; t < tokens.length; t++) {
                assertThat(served[t]).isCloseTo(learned[t], within(1e-4));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/completions | {\"prompt\":[3],\"stream\":true} | 400",
                "/v1/completions | {\"prompt\":[3],\"allowed_token_ids\":[3]} | 400",
                "/v1/completions | {\"prompt\":[3],\"stop_token_ids\":5} | 400",
                "/v1/completions | {\"prompt\":[3],\"return_token_ids\":\"banana\"} | 400",
                "/v1/completions | {\"prompt\":[3],\"ignore_eos\":\"x\"} | 400",
                "/pause?mode=never | {} | 400",
                "/collective_rpc | {\"method\":\"sleep\"} | 400",
                "/collective_rpc | {\"method\":\"reload_weights\",\"kwargs\":{\"weights_path\":\"/no/such\"}} | 400",
                "/detokenize | {\"tokens\":[-1]} | 400",
                "/v1/completions | {\"prompt\":{}} | 400",
                "/tokenize | {\"prompt\":\"a\",\"add_special_tokens\":3} | 400",
                "/tokenize | {\"prompt\":\"\\ud83d\"} | 400",
                "/v1/completions | {\"prompt\":\"a\\udc4b\"} | 400",
                "/v1/completions | {\"prompt\":[3],\"prompt\":[4]} | 400",
                "/nothing | {} | 404",
                "/v1/models | {} | 405",
            })
    void whatItCannotDoGetsAStatusAndAnErrorBody(String path, String body, int status) throws Exception {
        HttpResponse<String> answer = post(path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode error = JSON.readTree(answer.body()).path("error");
        assertThat(error.path("code").asInt()).isEqualTo(status);
        assertThat(error.path("message").asText()).isNotBlank();
    }

    @Test
    void aBodyTooLargeGetsAStatusAndAnErrorBody() throws Exception {
        HttpResponse<String> answer = post("/tokenize", "{\"prompt\":\"" + "a".repeat(65 << 20) + "\"}");

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(JSON.readTree(answer.body()).path("error").path("code").asInt())
                .isEqualTo(413);
    }

    @Test
    void sidesOfTheProtocolAnswer() throws Exception {
        JsonNode tokens =
                JSON.readTree(post("/tokenize", "{\"prompt\":\"cat\"}").body());
        assertThat(tokens.path("count").asInt()).isEqualTo(3);
        assertThat(post("/detokenize", "{\"tokens\":" + tokens.path("tokens") + "}")
                        .body())
                .isEqualTo("{\"prompt\":\"cat\"}");
        post("/v1/completions", "{\"prompt\":\"cat\",\"max_tokens\":3}");
        assertThat(get("/metrics"))
                .contains("vllm:num_requests_running{model_name=\"policy\"} 0")
                .contains("vllm:generation_tokens_total");
    }

    @Test
    void alternativesAreListedWithTheirLogProbs() {
        JsonNode listed = choices(post(
                        "/v1/completions",
                        "{\"prompt\":[5,6],\"max_tokens\":2,\"logprobs\":3,\"temperature\":0,\"ignore_eos\":true}"))
                .get(0)
                .path("logprobs")
                .path("top_logprobs");
        assertThat(listed).hasSize(2).allSatisfy(top -> assertThat(top).hasSize(3));
    }

    @Test
    void aClosingServerLeavesNobodyWaiting() {
        GenerationServer closing = GenerationServer.start(
                new GenerationSettings(directory.resolve("first"), "127.0.0.1", 0, "policy", 4, 1, null));
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString(sampling("[3]", 2, 1, 9));
        CLIENT.sendAsync(
                        HttpRequest.newBuilder(URI.create(closing.endpoint() + "/pause?mode=keep"))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .join();
        CompletableFuture<HttpResponse<String>> held = CLIENT.sendAsync(
                HttpRequest.newBuilder(URI.create(closing.endpoint() + "/v1/completions"))
                        .POST(body)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        long begin = System.nanoTime();
        closing.close();
        // Refused in words, cut short while it is read (500), or by the end of the connection: what counts is that it
        // ends.
        assertThat(held.handle((answer, failure) -> answer == null ? 503 : answer.statusCode())
                        .orTimeout(60, TimeUnit.SECONDS)
                        .join())
                .isIn(500, 503);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(25));
    }

    @Test
    void aTakenPortIsSaidInOneSentence() {
        GenerationSettings taken = new GenerationSettings(
                directory.resolve("first"), "127.0.0.1", server.endpoint().getPort(), "policy", 4, 1, null);
        assertThatThrownBy(() -> GenerationServer.start(taken))
                .isInstanceOf(RlhfException.class)
                .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.port())
                .hasMessageContaining("--port");
    }

    private static HttpResponse<String> post(String path, String body) {
        return postLater(path, body).join();
    }

    private static CompletableFuture<HttpResponse<String>> postLater(String path, String body) {
        return send(server.endpoint(), path, body);
    }

    private static String get(String path) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.endpoint() + path)).build();
        return CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .join()
                .body();
    }
}
