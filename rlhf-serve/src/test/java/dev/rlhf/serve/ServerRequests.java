package dev.rlhf.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

/** Requests to a running server and what it answered. */
final class ServerRequests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private ServerRequests() {}

    /** A request for {@code samples} of exactly {@code maxTokens} tokens at temperature 0.8. */
    static String sampling(String prompt, int samples, int seed, int maxTokens) {
        return "{\"model\":\"policy\",\"prompt\":" + prompt + ",\"n\":" + samples + ",\"seed\":" + seed
                + ",\"max_tokens\":" + maxTokens
                + ",\"temperature\":0.8,\"logprobs\":0,\"return_token_ids\":true,\"ignore_eos\":true}";
    }

    /** The choices of an answer, which must be no refusal. */
    static JsonNode choices(HttpResponse<String> answer) {
        try {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return JSON.readTree(answer.body()).path("choices");
        } catch (JsonProcessingException broken) {
            throw new AssertionError(broken);
        }
    }

    /** Sends a body. */
    static CompletableFuture<HttpResponse<String>> send(URI endpoint, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }
}
