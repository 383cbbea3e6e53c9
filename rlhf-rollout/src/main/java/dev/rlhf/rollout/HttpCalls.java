package dev.rlhf.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Requests to one server, each sent once, and whose fault it is when one fails.
 *
 * <p>No connection, 408, 429 and 5xx may pass (TRANSIENT). A route that is not there, a key that is asked for and an answer that is
 * none are the server's fault (RESOURCE, with what to set). Any other refusal is the caller's mistake (USER) in the server's words.
 */
final class HttpCalls {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** How the embedded server says that its model's numbers are not finite, which no repetition changes. */
    private static final String DIVERGED = "DivergedError";

    private static final int MOST_AT_ONCE = 1024;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    private final OkHttpClient http;
    private final HttpUrl endpoint;
    private final Optional<String> apiKey;

    /** Requests to {@code endpoint} over shared connections; throws USER for an address that is none. */
    HttpCalls(OkHttpClient http, URI endpoint, Optional<String> apiKey) {
        HttpUrl url = HttpUrl.parse(endpoint.toString());
        if (url == null) {
            throw RlhfException.user("not an address of a generation server: " + endpoint + "; write http://host:port");
        }
        this.http = http;
        this.endpoint = url;
        this.apiKey = apiKey;
    }

    /** Connections for any number of servers. */
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

    /** The address of a route. */
    HttpUrl url(String path) {
        return endpoint.newBuilder().addPathSegments(path).build();
    }

    /** Sends a request once and waits for what {@code reader} makes of the answer. */
    <T> T ask(Request.Builder request, Deadline deadline, Function<JsonNode, T> reader) {
        try {
            return send(request, deadline, reader).join();
        } catch (RuntimeException failure) {
            throw Repetition.known(failure);
        }
    }

    /** Sends a request once. */
    <T> CompletableFuture<T> send(Request.Builder builder, Deadline deadline, Function<JsonNode, T> reader) {
        apiKey.ifPresent(key -> builder.header("Authorization", "Bearer " + key));
        Request request = builder.build();
        CompletableFuture<T> answer = new CompletableFuture<>();
        Call attempt = http.newCall(request);
        attempt.timeout().timeout(deadline.left().toMillis(), TimeUnit.MILLISECONDS);
        attempt.enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException failure) {
                answer.completeExceptionally(
                        RlhfException.transientFault(describe(request) + ": " + reason(failure), failure));
            }

            @Override
            public void onResponse(Call call, Response response) {
                try (response) {
                    answer.complete(reader.apply(read(request, response)));
                } catch (IOException broken) {
                    answer.completeExceptionally(
                            RlhfException.transientFault(describe(request) + ": " + reason(broken), broken));
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
        int status = response.code();
        String message = describe(request) + " answered " + status + ": " + words(text);
        throw ServerFault.failure(kind(request, status, text), status, message + remedy(request, status, text));
    }

    private static ErrorKind kind(Request request, int status, String text) {
        if (error(text).path("type").asText().equals(DIVERGED)) {
            return ErrorKind.DIVERGED;
        }
        if (status >= SERVER_ERROR || status == TOO_MANY_REQUESTS || status == REQUEST_TIMEOUT) {
            return ErrorKind.TRANSIENT;
        }
        return remedy(request, status, text).isEmpty() ? ErrorKind.USER : ErrorKind.RESOURCE;
    }

    /** What to do about a refusal that no other request would spare; empty where the request is at fault. */
    private static String remedy(Request request, int status, String text) {
        boolean noRoute = status == METHOD_NOT_ALLOWED || (status == NOT_FOUND && !text.contains("does not exist"));
        if (status == UNAUTHORIZED) {
            return "; the server asks for a key: set VLLM_API_KEY to what it was started with (--api-key)";
        }
        if (noRoute && request.url().encodedPath().contains("/v1/")) {
            return "; nothing there speaks vLLM's protocol: look at the address and at what listens there";
        }
        return noRoute ? "; it was started without its routes for training: set VLLM_SERVER_DEV_MODE=1" : "";
    }

    private JsonNode json(Request request, String text) {
        try {
            return text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text);
        } catch (JsonProcessingException broken) {
            throw RlhfException.transientFault(describe(request) + " did not answer JSON: " + words(text), broken);
        }
    }

    /** The server's own words, or the start of whatever it sent. */
    private static String words(String text) {
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

    private static String reason(IOException failure) {
        String message = failure.getMessage();
        return message == null ? "the connection broke" : message;
    }

    private String describe(Request request) {
        return this + ", " + request.method() + " " + request.url().encodedPath();
    }

    @Override
    public String toString() {
        return "generation server " + endpoint;
    }
}
