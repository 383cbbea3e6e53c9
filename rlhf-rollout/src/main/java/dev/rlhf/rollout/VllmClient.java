package dev.rlhf.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seconds;
import dev.rlhf.core.base.WeightVersion;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP API of one generation server.
 *
 * <p>Every call is safe to repeat, so a passing fault (no connection, 408, 429, 5xx) is retried with growing pauses until the
 * deadline; then it is a RESOURCE failure naming the server. Any other refusal is the caller's mistake (USER) in the server's words.
 */
public final class VllmClient {
    private static final Logger LOG = System.getLogger(VllmClient.class.getName());
    private static final MediaType JSON_TYPE = MediaType.get("application/json");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** How the embedded server says that its model's numbers are not finite, which no repetition changes. */
    private static final String DIVERGED = "DivergedError";

    private static final int MOST_AT_ONCE = 1024;
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
                // As many as are asked at once; by default all but five would be opened anew each step.
                .connectionPool(new ConnectionPool(MOST_AT_ONCE, 5, TimeUnit.MINUTES))
                .connectTimeout(Duration.ofSeconds(10))
                .readTimeout(deadline)
                .writeTimeout(deadline)
                .callTimeout(deadline)
                .build();
        // A step asks for all its prompts at once; the server batches them as they come.
        http.dispatcher().setMaxRequests(MOST_AT_ONCE);
        http.dispatcher().setMaxRequestsPerHost(MOST_AT_ONCE);
        return http;
    }

    /**
     * Sends a body for {@code /v1/completions}; the model's name is added.
     *
     * @param reader makes of the answer what is asked for; when it throws TRANSIENT, the request is sent again
     */
    <T> CompletableFuture<T> complete(ObjectNode body, Function<JsonNode, T> reader) {
        return send(post("v1/completions", body.put("model", modelName)), reader);
    }

    /** Holds back new work; what is running stays where it is. */
    CompletableFuture<JsonNode> pause() {
        HttpUrl keep =
                url("pause").newBuilder().addQueryParameter("mode", "keep").build();
        return send(request("pause").url(keep).post(RequestBody.create(new byte[0])), Function.identity());
    }

    /** Goes on after a pause. */
    CompletableFuture<JsonNode> resume() {
        return send(request("resume").post(RequestBody.create(new byte[0])), Function.identity());
    }

    /** Loads the weights of a model directory that the server can read. */
    CompletableFuture<JsonNode> reloadWeights(Path modelDirectory) {
        ObjectNode body = JSON.createObjectNode().put("method", "reload_weights");
        body.putObject("kwargs")
                .put("weights_path", modelDirectory.toAbsolutePath().toString());
        return send(post("collective_rpc", body), Function.identity());
    }

    /** Forgets what was computed with former weights. */
    CompletableFuture<JsonNode> resetPrefixCache() {
        return send(request("reset_prefix_cache").post(RequestBody.create(new byte[0])), Function.identity());
    }

    /** Names the weights the server now has. */
    CompletableFuture<JsonNode> updateWeightVersion(WeightVersion version) {
        return send(
                post("update_weight_version", JSON.createObjectNode().put("new_version", version.text())),
                Function.identity());
    }

    /** The version the server says it has; empty when nobody named one. */
    CompletableFuture<Optional<WeightVersion>> weightVersion() {
        return send(
                        request("weight_info").get(),
                        answer -> answer.path("weight_version").asText(""))
                .thenApply(text -> text.matches("v\\d+") ? Optional.of(WeightVersion.parse(text)) : Optional.empty());
    }

    /** Returns when the server is healthy. */
    CompletableFuture<JsonNode> health() {
        return send(request("health").get(), Function.identity());
    }

    @Override
    public String toString() {
        return "generation server " + endpoint;
    }

    private Request.Builder post(String path, ObjectNode body) {
        return request(path).post(RequestBody.create(body.toString(), JSON_TYPE));
    }

    private Request.Builder request(String path) {
        return new Request.Builder().url(url(path));
    }

    private HttpUrl url(String path) {
        return endpoint.newBuilder().addPathSegments(path).build();
    }

    private <T> CompletableFuture<T> send(Request.Builder builder, Function<JsonNode, T> reader) {
        Request request = builder.build();
        AtomicReference<RlhfException> passing = new AtomicReference<>();
        RetryPolicy<T> retry = RetryPolicy.<T>builder()
                .handleIf(failure -> cause(failure).kind() == ErrorKind.TRANSIENT)
                .withBackoff(FIRST_PAUSE, LONGEST_PAUSE)
                .withMaxRetries(-1)
                .withMaxDuration(deadline)
                .onRetryScheduled(event -> {
                    RlhfException fault = cause(event.getLastException());
                    passing.set(fault);
                    LOG.log(Level.WARNING, "asking again: {0}", fault.getMessage());
                })
                .build();
        return Failsafe.with(retry)
                .getStageAsync(attempt -> once(request, deadline.minus(attempt.getElapsedTime()), reader))
                // Also bounds the wait of a request for its turn, which no timeout of the connection counts.
                .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(failure -> {
                    throw ended(request, failure, Optional.ofNullable(passing.get()));
                });
    }

    /** How a request ended; the fault before the last attempt says more than that its time ran out. */
    private RlhfException ended(Request request, Throwable failure, Optional<RlhfException> passing) {
        RlhfException last = failure instanceof TimeoutException
                ? RlhfException.transientFault(describe(request) + ": no answer", failure)
                : cause(failure);
        RlhfException told = passing.orElse(last);
        return last.kind() == ErrorKind.TRANSIENT
                ? RlhfException.resource(told.getMessage() + " (tried for " + Seconds.text(deadline) + ")", told)
                : last;
    }

    private <T> CompletableFuture<T> once(Request request, Duration left, Function<JsonNode, T> reader) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Call attempt = http.newCall(request);
        attempt.timeout().timeout(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS);
        attempt.enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException failure) {
                answer.completeExceptionally(
                        RlhfException.transientFault(describe(request) + ": " + failure.getMessage(), failure));
            }

            @Override
            public void onResponse(Call call, Response response) {
                try (response) {
                    answer.complete(reader.apply(read(request, response)));
                } catch (IOException broken) {
                    answer.completeExceptionally(
                            RlhfException.transientFault(describe(request) + ": " + broken.getMessage(), broken));
                } catch (RuntimeException refusal) {
                    // Whatever it is, the caller must hear of it: nobody else would end its wait.
                    answer.completeExceptionally(refusal);
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
        if (error(text).path("type").asText().equals(DIVERGED)) {
            throw RlhfException.diverged(message);
        }
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
        JsonNode message = error(text).path("message");
        return message.isTextual() ? message.asText() : text.substring(0, Math.min(text.length(), 200));
    }

    /** The error in an answer; nothing where it is not JSON, as when a proxy in between answers HTML. */
    private static JsonNode error(String text) {
        try {
            return JSON.readTree(text).path("error");
        } catch (JsonProcessingException notJson) {
            return MissingNode.getInstance();
        }
    }

    private String describe(Request request) {
        return this + ", " + request.method() + " " + request.url().encodedPath();
    }

    private static RlhfException cause(@Nullable Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof FailsafeException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof RlhfException known
                ? known
                : new RlhfException(ErrorKind.BUG, "a request failed: " + cause, cause);
    }
}
