package dev.rlhf.rollout;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.rlhf.core.base.Certificates;
import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Unanswered;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
    /** NaN, which is no JSON, is read as what it is meant to be, so that its refusal can say where it stands. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** How the embedded server says that its model's numbers are not finite, which no repetition changes. */
    private static final String DIVERGED = "DivergedError";

    private static final int MOST_AT_ONCE = 1024;
    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    private final OkHttpClient http;
    private final HttpUrl endpoint;
    private final Optional<String> apiKey;
    private final Service service;

    /** Whether it has ever answered, so that a connection that breaks is no sign of another scheme. */
    private volatile boolean understood;

    /** What servers of a sort have in common. */
    interface Service {
        /** What a message calls one, e.g. {@code generation server}. */
        String name();

        /** What to do about a refusal that no other request would spare; empty where the request is at fault. */
        String remedy(HttpUrl url, int status, String text);

        /** What to do where nothing listens at the address. */
        String whereNobodyListens();

        /** Most bytes of an answer. */
        long mostBytes();
    }

    /** Requests to {@code endpoint} over shared connections; throws USER for an address that is none. */
    HttpCalls(OkHttpClient http, Service service, URI endpoint, Optional<String> apiKey) {
        HttpUrl url = HttpUrl.parse(endpoint.toString());
        if (url == null) {
            throw RlhfException.user(
                    "not an address of a " + service.name() + ": " + endpoint + "; write http://host:port");
        }
        this.http = http;
        this.service = service;
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
                // Prompts, answers and keys go where the recipe says and nowhere else.
                .followRedirects(false)
                .build();
        // A step asks for all its prompts at once; the server batches them as they come.
        http.dispatcher().setMaxRequests(MOST_AT_ONCE);
        http.dispatcher().setMaxRequestsPerHost(MOST_AT_ONCE);
        return http;
    }

    /** The address itself. */
    HttpUrl url() {
        return endpoint;
    }

    /** The address of a route. */
    HttpUrl url(String path) {
        return endpoint.newBuilder().addPathSegments(path).build();
    }

    /** Sends a request once and waits for what {@code reader} makes of the answer. */
    <T> T ask(Request.Builder builder, Deadline deadline, Function<JsonNode, T> reader) {
        Request request = request(builder);
        try (Response response = call(request, deadline).execute()) {
            return reader.apply(read(request, response));
        } catch (IOException failure) {
            throw unreachable(request, failure);
        } catch (RuntimeException failure) {
            throw Repetition.known(failure);
        }
    }

    /** Sends a request once. */
    <T> CompletableFuture<T> send(Request.Builder builder, Deadline deadline, Function<JsonNode, T> reader) {
        Request request = request(builder);
        CompletableFuture<T> answer = new CompletableFuture<>();
        call(request, deadline).enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException failure) {
                answer.completeExceptionally(unreachable(request, failure));
            }

            @Override
            public void onResponse(Call call, Response response) {
                try (response) {
                    answer.complete(reader.apply(read(request, response)));
                } catch (IOException broken) {
                    answer.completeExceptionally(unreachable(request, broken));
                } catch (RuntimeException refusal) {
                    // Whatever it is, the caller must hear of it: nobody else would end its wait.
                    answer.completeExceptionally(refusal);
                }
            }
        });
        return answer;
    }

    private Request request(Request.Builder builder) {
        apiKey.ifPresent(key -> builder.header("Authorization", "Bearer " + key));
        return builder.build();
    }

    private Call call(Request request, Deadline deadline) {
        Call call = http.newCall(request);
        call.timeout().timeout(deadline.left().toMillis(), TimeUnit.MILLISECONDS);
        return call;
    }

    private RlhfException unreachable(Request request, IOException failure) {
        return Certificates.complaint(toString(), failure, Certificates.TRUST_STORE)
                .map(complaint -> RlhfException.resource(complaint, failure))
                .orElseGet(() -> {
                    Unanswered unanswered = Unanswered.of(failure);
                    return RlhfException.transientFault(
                            describe(request) + ": " + unanswered.reason() + remedy(unanswered), failure);
                });
    }

    private String remedy(Unanswered unanswered) {
        return switch (unanswered.why()) {
            case NOBODY -> service.whereNobodyListens();
            case MISUNDERSTOOD -> understood ? "" : Unanswered.otherScheme(endpoint.uri());
            case LATE, UNKNOWN -> "";
        };
    }

    private String remedy(Request request, int status, String text) {
        return !endpoint.isHttps() && Unanswered.wantsTls(status, text)
                ? Unanswered.otherScheme(endpoint.uri())
                : service.remedy(request.url(), status, text);
    }

    private JsonNode read(Request request, Response response) throws IOException {
        understood = true;
        if (response.isRedirect()) {
            throw RlhfException.resource(
                    describe(request) + " sends one elsewhere (status " + response.code()
                            + "), and nothing is sent there; give the address that answers itself",
                    null);
        }
        // Read on only as far as that: one byte more is one too many.
        long most = service.mostBytes();
        boolean tooMuch = response.body().source().request(most + 1);
        if (tooMuch && response.isSuccessful()) {
            throw RlhfException.resource(describe(request) + " answered with more than " + most + " bytes", null);
        }
        if (response.isSuccessful()) {
            return json(request, response.body().bytes());
        }
        String text = tooMuch
                ? response.body().source().readUtf8(most)
                : response.body().string();
        int status = response.code();
        String message = describe(request) + " answered " + status + ": " + words(text);
        throw ServerFault.failure(kind(request, status, text), status, message + remedy(request, status, text));
    }

    private ErrorKind kind(Request request, int status, String text) {
        if (error(text).path("type").asText().equals(DIVERGED)) {
            return ErrorKind.DIVERGED;
        }
        if (status >= SERVER_ERROR || status == TOO_MANY_REQUESTS || status == REQUEST_TIMEOUT) {
            return ErrorKind.TRANSIENT;
        }
        return remedy(request, status, text).isEmpty() ? ErrorKind.USER : ErrorKind.RESOURCE;
    }

    private JsonNode json(Request request, byte[] body) throws IOException {
        try {
            return body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
        } catch (JsonProcessingException broken) {
            String text = new String(body, StandardCharsets.UTF_8);
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

    private String describe(Request request) {
        return this + ", " + request.method() + " " + request.url().encodedPath();
    }

    @Override
    public String toString() {
        return service.name() + " " + endpoint;
    }
}
