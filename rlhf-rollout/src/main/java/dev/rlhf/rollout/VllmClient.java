package dev.rlhf.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * The HTTP API of one generation server.
 *
 * <p>Every call is safe to repeat, so a passing fault (no connection, 408, 429, 5xx) is retried with growing pauses until the
 * deadline; then it is a RESOURCE failure naming the server. Any other refusal is the caller's mistake (USER) in the server's words.
 */
public final class VllmClient {
    private static final MediaType JSON_TYPE = MediaType.get("application/json");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    private final OkHttpClient http;
    private final HttpUrl endpoint;
    private final String modelName;
    private final Duration deadline;

    /**
     * A client of one server.
     *
     * @param http connections and threads, shared by all clients
     * @param endpoint address, e.g. {@code http://gpu-1:8000}
     * @param modelName name the server gives the policy
     * @param deadline longest wait for an answer, retries included
     */
    VllmClient(OkHttpClient http, URI endpoint, String modelName, Duration deadline) {
        HttpUrl url = HttpUrl.parse(endpoint.toString());
        if (url == null) {
            throw RlhfException.user("not an address of a generation server: " + endpoint + "; write http://host:port");
        }
        this.http = http;
        this.endpoint = url;
        this.modelName = modelName;
        this.deadline = deadline;
    }

    /** Connections for any number of clients, each request as long as {@code deadline}. */
    static OkHttpClient connections(Duration deadline) {
        OkHttpClient http = new OkHttpClient.Builder()
                .connectTimeout(Duration.ofSeconds(10))
                .readTimeout(deadline)
                .writeTimeout(deadline)
                .callTimeout(deadline)
                .build();
        // A step asks for all its prompts at once; the server batches them as they come.
        http.dispatcher().setMaxRequests(1024);
        http.dispatcher().setMaxRequestsPerHost(1024);
        return http;
    }

    /** Sends a body for {@code /v1/completions}; the model's name is added. */
    CompletableFuture<JsonNode> complete(ObjectNode body) {
        return post("v1/completions", body.put("model", modelName));
    }

    /** Holds back new work; what is running stays where it is. */
    CompletableFuture<JsonNode> pause() {
        return send(request("pause")
                .url(url("pause").newBuilder().addQueryParameter("mode", "keep").build())
                .post(RequestBody.create(new byte[0])));
    }

    /** Goes on after a pause. */
    CompletableFuture<JsonNode> resume() {
        return send(request("resume").post(RequestBody.create(new byte[0])));
    }

    /** Loads the weights of a model directory that the server can read. */
    CompletableFuture<JsonNode> reloadWeights(Path modelDirectory) {
        ObjectNode body = JSON.createObjectNode().put("method", "reload_weights");
        body.putObject("kwargs")
                .put("weights_path", modelDirectory.toAbsolutePath().toString());
        return post("collective_rpc", body);
    }

    /** Forgets what was computed with former weights. */
    CompletableFuture<JsonNode> resetPrefixCache() {
        return send(request("reset_prefix_cache").post(RequestBody.create(new byte[0])));
    }

    /** Names the weights the server now has. */
    CompletableFuture<JsonNode> updateWeightVersion(WeightVersion version) {
        return post("update_weight_version", JSON.createObjectNode().put("new_version", version.text()));
    }

    /** The version the server says it has; empty when nobody named one. */
    CompletableFuture<Optional<WeightVersion>> weightVersion() {
        return send(request("weight_info").get())
                .thenApply(answer -> answer.path("weight_version").asText(""))
                .thenApply(text -> text.matches("v\\d+") ? Optional.of(WeightVersion.parse(text)) : Optional.empty());
    }

    /** Returns when the server is healthy. */
    CompletableFuture<JsonNode> health() {
        return send(request("health").get());
    }

    @Override
    public String toString() {
        return "generation server " + endpoint;
    }

    private CompletableFuture<JsonNode> post(String path, ObjectNode body) {
        return send(request(path).post(RequestBody.create(body.toString(), JSON_TYPE)));
    }

    private Request.Builder request(String path) {
        return new Request.Builder().url(url(path));
    }

    private HttpUrl url(String path) {
        return endpoint.newBuilder().addPathSegments(path).build();
    }

    private CompletableFuture<JsonNode> send(Request.Builder builder) {
        Request request = builder.build();
        RetryPolicy<JsonNode> retry = RetryPolicy.<JsonNode>builder()
                .handleIf(failure -> cause(failure).kind() == ErrorKind.TRANSIENT)
                .withBackoff(FIRST_PAUSE, LONGEST_PAUSE)
                .withMaxRetries(-1)
                .withMaxDuration(deadline)
                .build();
        return Failsafe.with(retry).getStageAsync(() -> once(request)).exceptionally(failure -> {
            RlhfException last = cause(failure);
            throw last.kind() == ErrorKind.TRANSIENT
                    ? RlhfException.resource(last.getMessage() + " (tried for " + deadline.toSeconds() + " s)", last)
                    : last;
        });
    }

    private CompletableFuture<JsonNode> once(Request request) {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        http.newCall(request).enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException failure) {
                answer.completeExceptionally(
                        RlhfException.transientFault(describe(request) + ": " + failure.getMessage(), failure));
            }

            @Override
            public void onResponse(Call call, Response response) {
                try (response) {
                    answer.complete(read(request, response));
                } catch (RlhfException refusal) {
                    answer.completeExceptionally(refusal);
                } catch (IOException broken) {
                    answer.completeExceptionally(
                            RlhfException.transientFault(describe(request) + ": " + broken.getMessage(), broken));
                }
            }
        });
        return answer;
    }

    private JsonNode read(Request request, Response response) throws IOException {
        String text = response.body().string();
        if (response.isSuccessful()) {
            return json(request, text);
        }
        String message = describe(request) + " answered " + response.code() + ": " + reason(text);
        int status = response.code();
        if (status >= SERVER_ERROR || status == TOO_MANY_REQUESTS || status == REQUEST_TIMEOUT) {
            throw RlhfException.transientFault(message, null);
        }
        throw RlhfException.user(message);
    }

    private JsonNode json(Request request, String text) {
        try {
            return text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text);
        } catch (JsonProcessingException broken) {
            throw RlhfException.transientFault(describe(request) + " did not answer JSON: " + reason(text), broken);
        }
    }

    /** The server's own words, or the start of whatever it sent. */
    private static String reason(String text) {
        try {
            JsonNode message = JSON.readTree(text).path("error").path("message");
            if (message.isTextual()) {
                return message.asText();
            }
        } catch (JsonProcessingException notJson) {
            // Falls through to the text as it is: a proxy in between answers HTML.
            return text.substring(0, Math.min(text.length(), 200));
        }
        return text.substring(0, Math.min(text.length(), 200));
    }

    private String describe(Request request) {
        return this + ", " + request.method() + " " + request.url().encodedPath();
    }

    private static RlhfException cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException || cause instanceof dev.failsafe.FailsafeException) {
            Throwable next = cause.getCause();
            if (next == null) {
                break;
            }
            cause = next;
        }
        return cause instanceof RlhfException known
                ? known
                : new RlhfException(ErrorKind.BUG, "a request failed: " + cause, cause);
    }
}
