package dev.rlhf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The part of vLLM's HTTP protocol that training relies on, said to whatever listens at an endpoint.
 *
 * <p>A real vLLM must run with {@code --logprobs-mode processed_logprobs} and {@code VLLM_SERVER_DEV_MODE=1}.
 */
public abstract class GenerationServerContract {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The upgrade to HTTP/2 that Java offers by default makes a body arrive empty at servers of uvicorn's kind. */
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final String COMPLETIONS = "/v1/completions";
    private static final String FREE = "\"ignore_eos\":true,\"return_token_ids\":true,\"logprobs\":0,";

    /** Where the server listens. */
    protected abstract URI endpoint();

    /** Name it gives its model. */
    protected abstract String modelName();

    /** Model directory {@code number}, 0 or 1, that the server can load; 0 is what it has when a test begins. */
    protected abstract Path model(int number);

    /** Most tokens of a sequence. */
    protected abstract int contextLength();

    /** Number of tokens it knows. */
    protected abstract int vocabularySize();

    @BeforeEach
    void loadTheFirstModel() {
        reload(0);
        ok(post("/update_weight_version", "{\"new_version\":\"v000000\"}"));
        ok(post("/resume", ""));
    }

    @Test
    void tokensComeOutAsTheyWereDrawn() {
        JsonNode choice =
                complete("\"prompt\":[5,6],\"max_tokens\":7,\"seed\":1,").get(0);
        assertThat(choice.path("token_ids")).hasSize(7);
        assertThat(choice.path("prompt_token_ids").toString()).isEqualTo("[5,6]");
        assertThat(choice.path("logprobs").path("token_logprobs"))
                .hasSize(7)
                .allSatisfy(
                        number -> assertThat(number.doubleValue()).isFinite().isNotPositive());
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
    }

    @Test
    void aSeedDecidesEverySample() {
        String request = "\"prompt\":[5,6],\"max_tokens\":12,\"n\":4,\"temperature\":1.0,";
        JsonNode once = complete(request + "\"seed\":7,");
        assertThat(once).hasSize(4);
        assertThat(ids(complete(request + "\"seed\":7,"))).isEqualTo(ids(once));
        assertThat(ids(complete(request + "\"seed\":8,"))).isNotEqualTo(ids(once));
        Set<JsonNode> different = new HashSet<>(ids(once));
        assertThat(different).hasSizeGreaterThan(1);
        for (int i = 0; i < 4; i++) {
            assertThat(once.get(i).path("index").asInt()).isEqualTo(i);
        }
    }

    @Test
    void greedyTakesTheLikeliestToken() {
        String request = "\"prompt\":[5,6],\"max_tokens\":5,";
        JsonNode greedy = complete(request + "\"temperature\":0,");
        assertThat(ids(complete(request + "\"temperature\":0,\"seed\":3,"))).isEqualTo(ids(greedy));
        assertThat(ids(complete(request + "\"top_k\":1,\"seed\":3,"))).isEqualTo(ids(greedy));
        assertThat(ids(complete(request + "\"top_p\":0.0001,\"seed\":3,"))).isEqualTo(ids(greedy));
    }

    @Test
    void aStopTokenEndsACompletionAndIsPartOfIt() {
        String request = "\"prompt\":[5,6],\"max_tokens\":5,\"temperature\":0,";
        int first = complete(request).get(0).path("token_ids").get(0).asInt();
        JsonNode stopped =
                complete(request + "\"stop_token_ids\":[" + first + "],").get(0);
        assertThat(stopped.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(stopped.path("token_ids").toString()).isEqualTo("[" + first + "]");
        assertThat(stopped.path("logprobs").path("token_logprobs")).hasSize(1);
    }

    @Test
    void logProbsAreThoseOfTheSamplingTemperature() {
        for (int seed = 0; seed < 8; seed++) {
            JsonNode cold = complete("\"prompt\":[5,6],\"max_tokens\":1,\"temperature\":0.5,\"seed\":" + seed + ",");
            int drawn = cold.get(0).path("token_ids").get(0).asInt();
            double plain = promptLogProbs("[5,6," + drawn + "]").get(2);
            // log p(y)^2 / Σ p² : the sum lies between 1/V and 1.
            assertThat(logProb(cold)).isBetween(2 * plain - 1e-4, 2 * plain + Math.log(vocabularySize()) + 1e-4);
            assertThat(Math.abs(logProb(cold) - plain))
                    .as("the temperature counts")
                    .isGreaterThan(1e-4);
        }
    }

    @Test
    void aPromptsOwnLogProbsAreThoseOfWritingIt() {
        String request = "\"prompt\":[5,6,9],\"max_tokens\":6,\"temperature\":1.0,\"seed\":3,";
        JsonNode written = complete(request).get(0);
        List<Integer> tokens = new ArrayList<>(List.of(5, 6, 9));
        written.path("token_ids").forEach(id -> tokens.add(id.asInt()));
        List<@Nullable Double> read = promptLogProbs(tokens.toString());
        assertThat(read).hasSize(9);
        assertThat(read.get(0)).isNull();
        for (int t = 0; t < 6; t++) {
            assertThat(read.get(3 + t))
                    .isCloseTo(
                            written.path("logprobs")
                                    .path("token_logprobs")
                                    .get(t)
                                    .doubleValue(),
                            within(1e-4));
        }
    }

    /** What a trainer states of the distribution must change nothing: it is the model's own. */
    @Test
    void everyNeutralParameterMayBeStated() {
        String request = "\"prompt\":[5,6],\"max_tokens\":9,\"seed\":4,\"temperature\":1.0,";
        String neutral = "\"top_p\":1.0,\"top_k\":0,\"min_p\":0.0,\"repetition_penalty\":1.0,\"presence_penalty\":0.0,"
                + "\"frequency_penalty\":0.0,\"min_tokens\":0,";
        assertThat(ids(complete(request + neutral))).isEqualTo(ids(complete(request)));
    }

    @Test
    void aLabelIsKeptAndToldAndAServerThatRunsIsNotPaused() {
        ok(post("/update_weight_version", "{\"new_version\":\"v000004-3fa85f64\"}"));
        assertThat(get("/weight_info").path("weight_version").asText()).isEqualTo("v000004-3fa85f64");
        assertThat(get("/is_paused").path("is_paused").asBoolean(true)).isFalse();
    }

    @Test
    void otherWeightsAreServedAfterAReloadAndWhatCameMeanwhileWaits() throws Exception {
        String request = body("\"prompt\":[5,6,9],\"temperature\":0,\"max_tokens\":12,");
        List<JsonNode> before = ids(choices(post(COMPLETIONS, request)));
        ok(post("/pause?mode=keep", ""));
        assertThat(get("/is_paused").path("is_paused").asBoolean()).isTrue();
        CompletableFuture<HttpResponse<String>> held = postLater(COMPLETIONS, request);
        reload(1);
        ok(post("/reset_prefix_cache", ""));
        ok(post("/update_weight_version", "{\"new_version\":\"v000001\"}"));
        assertThat(held).isNotDone();
        ok(post("/resume", ""));
        assertThat(ids(choices(held.get(300, TimeUnit.SECONDS)))).isNotEqualTo(before);
        assertThat(get("/weight_info").path("weight_version").asText()).isEqualTo("v000001");
        assertThat(get("/is_paused").path("is_paused").asBoolean()).isFalse();
        reload(0);
        assertThat(ids(choices(post(COMPLETIONS, request)))).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"prompt\":[1 | 400",
                "{} | 400",
                "{\"prompt\":[]} | 400",
                "{\"prompt\":[UNKNOWN]} | 400",
                "{\"prompt\":[3],\"max_tokens\":0} | 400",
                "{\"prompt\":[3],\"max_tokens\":BEYOND} | 400",
                "{\"prompt\":[3],\"temperature\":-1} | 400",
                "{\"prompt\":[3],\"top_p\":0} | 400",
                "{\"prompt\":[3],\"n\":0} | 400",
                "{\"prompt\":[3],\"model\":\"nobody\"} | 404",
            })
    void aRequestThatIsWrongIsRefusedWithAReason(String template, int status) throws Exception {
        String body = template.replace("UNKNOWN", "" + vocabularySize()).replace("BEYOND", "" + (contextLength() + 1));
        HttpResponse<String> answer = post(COMPLETIONS, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(JSON.readTree(answer.body()).path("error").path("message").asText())
                .isNotBlank();
        assertThat(complete("\"prompt\":[3],\"max_tokens\":1,")).hasSize(1);
    }

    @Test
    void theServerSaysWhatItIs() {
        ok(send(HttpRequest.newBuilder(endpoint().resolve("/health")).build()).join());
        JsonNode model = get("/v1/models").path("data").get(0);
        assertThat(model.path("id").asText()).isEqualTo(modelName());
        assertThat(model.path("max_model_len").asInt()).isEqualTo(contextLength());
    }

    private JsonNode complete(String fields) {
        return choices(post(COMPLETIONS, body(fields)));
    }

    private String body(String fields) {
        return "{" + FREE + fields + "\"model\":\"" + modelName() + "\"}";
    }

    /** Log-prob of each token of a prompt; null for the first. */
    private List<@Nullable Double> promptLogProbs(String prompt) {
        JsonNode found = complete("\"prompt\":" + prompt + ",\"max_tokens\":1,\"temperature\":0,\"prompt_logprobs\":0,")
                .get(0)
                .path("prompt_logprobs");
        List<@Nullable Double> numbers = new ArrayList<>();
        found.forEach(entry -> numbers.add(
                entry.isNull() ? null : entry.elements().next().path("logprob").doubleValue()));
        return numbers;
    }

    private void reload(int number) {
        ok(post(
                "/collective_rpc",
                "{\"method\":\"reload_weights\",\"kwargs\":{\"weights_path\":\"" + model(number) + "\"}}"));
    }

    private static double logProb(JsonNode choices) {
        return choices.get(0).path("logprobs").path("token_logprobs").get(0).doubleValue();
    }

    private static List<JsonNode> ids(JsonNode choices) {
        List<JsonNode> ids = new ArrayList<>();
        choices.forEach(choice -> ids.add(choice.path("token_ids")));
        return ids;
    }

    private static JsonNode choices(HttpResponse<String> answer) {
        return json(ok(answer)).path("choices");
    }

    private static HttpResponse<String> ok(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException broken) {
            throw new AssertionError("not JSON: " + answer.body(), broken);
        }
    }

    private JsonNode get(String path) {
        return json(ok(
                send(HttpRequest.newBuilder(endpoint().resolve(path)).build()).join()));
    }

    private HttpResponse<String> post(String path, String body) {
        return postLater(path, body).join();
    }

    private CompletableFuture<HttpResponse<String>> postLater(String path, String body) {
        return send(HttpRequest.newBuilder(endpoint().resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private static CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
        return CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString()).orTimeout(300, TimeUnit.SECONDS);
    }
}
