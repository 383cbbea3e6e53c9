package dev.rlhf.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.rollout.GenerationSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One request alone, beside thirty others, and alone again. */
final class InvarianceScenario {
    /** Exit code of {@link #main} when an answer differed. */
    static final int DIFFERS = 17;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final URI endpoint;

    InvarianceScenario(URI endpoint) {
        this.endpoint = endpoint;
    }

    /** Runs it on a small model in the directory {@code arguments[0]}, in a process of its own. */
    public static void main(String[] arguments) {
        Path model = SmallModel.in(Path.of(arguments[0]), 1);
        boolean same;
        try (GenerationServer server =
                GenerationServer.start(new GenerationSettings(model, "127.0.0.1", 0, "policy", 24, 1, null))) {
            same = new InvarianceScenario(server.endpoint()).answersAreEqual();
        }
        System.exit(same ? 0 : DIFFERS);
    }

    /** Whether every answer had the same bits. */
    boolean answersAreEqual() {
        String request = sampling("[3,4,5,6,7]", 3, 11, 40);
        JsonNode alone = choices(post(request));
        List<CompletableFuture<HttpResponse<String>>> crowd = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String prompt = "[" + "8,9,".repeat(i % 7) + (2 + i % 20) + "]";
            crowd.add(post(sampling(prompt, 1 + i % 4, i, 5 + 6 * i)));
        }
        JsonNode beside = choices(post(request));
        crowd.forEach(InvarianceScenario::choices);
        return alone.equals(beside) && alone.equals(choices(post(request)));
    }

    private static String sampling(String prompt, int samples, int seed, int maxTokens) {
        return "{\"model\":\"policy\",\"prompt\":" + prompt + ",\"n\":" + samples + ",\"seed\":" + seed
                + ",\"max_tokens\":" + maxTokens
                + ",\"temperature\":0.8,\"logprobs\":0,\"return_token_ids\":true,\"ignore_eos\":true}";
    }

    private static JsonNode choices(CompletableFuture<HttpResponse<String>> answer) {
        HttpResponse<String> response = answer.join();
        if (response.statusCode() != 200) {
            throw new AssertionError(response.body());
        }
        try {
            return JSON.readTree(response.body()).path("choices");
        } catch (JsonProcessingException broken) {
            throw new AssertionError(broken);
        }
    }

    private CompletableFuture<HttpResponse<String>> post(String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + "/v1/completions"))
                .version(HttpClient.Version.HTTP_1_1)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }
}
