package dev.rlhf.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;

/**
 * A generation server over real HTTP that draws tokens from nothing and fails on demand.
 *
 * <p>It keeps a version and the name of its weights as vLLM does, and notes every request.
 */
public final class FakeGenerationServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OK = "{}";

    private final MockWebServer server = new MockWebServer();
    private final String modelName;
    private final int vocabulary;
    private final RequestJournal requests = new RequestJournal();
    private final List<JsonNode> completions = new CopyOnWriteArrayList<>();
    private final Set<String> authorizations = ConcurrentHashMap.newKeySet();
    private final Set<Integer> connections = ConcurrentHashMap.newKeySet();
    private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
    private final Map<String, Fault> lasting = new ConcurrentHashMap<>();
    private volatile String weights = "";
    private volatile String version = "default";
    private volatile boolean paused;
    private volatile boolean forgetful;
    private volatile boolean stale;
    private final AtomicInteger kills = new AtomicInteger();
    private volatile int positions = 1024;

    private FakeGenerationServer(String modelName, int vocabulary) {
        this.modelName = modelName;
        this.vocabulary = vocabulary;
    }

    /**
     * Listens on a free port.
     *
     * @param modelName name clients must ask for
     * @param vocabulary number of tokens; 0 ends a completion
     */
    public static FakeGenerationServer start(String modelName, int vocabulary) {
        FakeGenerationServer fake = new FakeGenerationServer(modelName, vocabulary);
        fake.server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return fake.dispatch(request);
            }
        });
        try {
            fake.server.start();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        return fake;
    }

    /** Where it listens. */
    public URI endpoint() {
        return URI.create("http://" + server.getHostName() + ":" + server.getPort());
    }

    /** Has the next requests for {@code path}, e.g. {@code /pause}, go wrong, one fault a request. */
    public void fail(String path, Fault... next) {
        faults.computeIfAbsent(path, any -> new ConcurrentLinkedQueue<>()).addAll(List.of(next));
    }

    /** Has every request for {@code path} go wrong. */
    public void failAlways(String path, Fault fault) {
        lasting.put(path, fault);
    }

    /** Has every request for {@code path} go well again. */
    public void mend(String path) {
        lasting.remove(path);
        faults.remove(path);
    }

    /** Has it say yes to a new version and keep the old one: a server that goes on with stale weights. */
    public void forgetVersions() {
        forgetful = true;
    }

    /** Has it take at most so many tokens of a sequence. */
    public void takeAtMost(int most) {
        positions = most;
    }

    /** Has it confirm new weights and go on with those it has: a copy that a reload does not reach. */
    public void keepWeights() {
        stale = true;
    }

    /** Leaves it as a run does that is killed while it gives weights. */
    public void pause() {
        paused = true;
    }

    /** Kills it and starts it anew: weights, their label and a pause are gone. */
    public void restart() {
        kills.incrementAndGet();
        weights = "";
        version = "default";
        paused = false;
    }

    /** The model directory it was given last; empty after a start. */
    public String weights() {
        return weights;
    }

    /** How often it was killed. */
    public int kills() {
        return kills.get();
    }

    /** All requests so far, e.g. {@code POST /pause}, in the order they came. */
    public List<String> requests() {
        return requests.all();
    }

    /** How often {@code path} was asked for. */
    public long requests(String path) {
        return requests.count(path);
    }

    /** Returns when {@code path} has been asked for {@code count} times; fails after two minutes. */
    public void awaitRequests(String path, long count) {
        requests.await(path, count);
    }

    /** Has it claim to hold other weights than it was given, as after a restart. */
    public void claim(String otherVersion) {
        version = otherVersion;
    }

    /** Bodies of the completions asked for. */
    public List<JsonNode> completions() {
        return List.copyOf(completions);
    }

    /** Values of the header Authorization that came, {@code null} for none. */
    public Set<String> authorizations() {
        return Set.copyOf(authorizations);
    }

    /** Connections on which requests came. */
    public int connections() {
        return connections.size();
    }

    /** Whether it was paused and not resumed. */
    public boolean isPaused() {
        return paused;
    }

    @Override
    public void close() {
        server.close();
    }

    private MockResponse dispatch(RecordedRequest request) {
        String path = request.getUrl().encodedPath();
        connections.add(request.getConnectionIndex());
        authorizations.add(String.valueOf(request.getHeaders().get("Authorization")));
        requests.add(request.getMethod() + " " + path);
        Optional<Fault> fault = nextFault(path);
        MockResponse.Builder response = new MockResponse.Builder();
        return fault.isPresent() ? spoil(fault.get(), response, path, request) : answer(response, path, request);
    }

    private MockResponse spoil(Fault fault, MockResponse.Builder response, String path, RecordedRequest request) {
        if (fault instanceof Fault.Status status) {
            return error(response, status.code(), status.message());
        }
        if (fault instanceof Fault.Body body) {
            return response.body(body.body()).build();
        }
        if (fault instanceof Fault.Dropped) {
            return response.onResponseStart(new SocketEffect.CloseSocket()).build();
        }
        if (fault instanceof Fault.Killed) {
            restart();
            return response.onResponseStart(new SocketEffect.CloseSocket()).build();
        }
        if (fault instanceof Fault.Replaced) {
            restart();
            return answer(response, path, request);
        }
        MockResponse.Builder answer = answer(response, path, request).newBuilder();
        if (fault instanceof Fault.KilledAfter) {
            restart();
            return answer.onResponseStart(new SocketEffect.CloseSocket()).build();
        }
        return fault instanceof Fault.Slow slow
                ? answer.headersDelay(slow.delay().toMillis(), TimeUnit.MILLISECONDS)
                        .build()
                : answer.onResponseBody(new SocketEffect.CloseSocket()).build();
    }

    private MockResponse answer(MockResponse.Builder response, String path, RecordedRequest request) {
        return switch (path) {
            case "/health", "/reset_prefix_cache" -> response.body("").build();
            case "/pause" -> {
                paused = true;
                yield response.body(OK).build();
            }
            case "/resume" -> {
                paused = false;
                yield response.body(OK).build();
            }
            case "/v1/completions" -> complete(response, body(request));
            case "/is_paused" ->
                response.body(object().put("is_paused", paused).toString()).build();
            case "/v1/models" -> {
                ObjectNode models = object();
                models.putArray("data").addObject().put("id", modelName).put("max_model_len", positions);
                yield response.body(models.toString()).build();
            }
            case "/collective_rpc" -> {
                if (!stale) {
                    weights = body(request).path("kwargs").path("weights_path").asText();
                }
                yield response.body(OK).build();
            }
            case "/update_weight_version" -> {
                if (!forgetful) {
                    version = body(request).path("new_version").asText();
                }
                yield response.body(OK).build();
            }
            case "/weight_info" ->
                response.body(object().put("weight_version", version).toString())
                        .build();
            default -> error(response, 404, "Not Found");
        };
    }

    private MockResponse complete(MockResponse.Builder response, JsonNode body) {
        completions.add(body);
        if (!body.path("model").asText().equals(modelName)) {
            return error(response, 404, "The model `" + body.path("model").asText() + "` does not exist.");
        }
        for (JsonNode token : body.path("prompt")) {
            if (token.asInt() < 0 || token.asInt() >= vocabulary) {
                return error(response, 400, "Token id " + token + " is out of vocabulary.");
            }
        }
        return response.body(new FakeModel(vocabulary, weights).complete(body).toString())
                .build();
    }

    private Optional<Fault> nextFault(String path) {
        Queue<Fault> queue = faults.get(path);
        Optional<Fault> next = queue == null ? Optional.empty() : Optional.ofNullable(queue.poll());
        return next.or(() -> Optional.ofNullable(lasting.get(path)));
    }

    private static MockResponse error(MockResponse.Builder response, int code, String message) {
        ObjectNode json = object();
        json.putObject("error").put("message", message).put("code", code);
        return response.code(code).body(json.toString()).build();
    }

    private static JsonNode body(RecordedRequest request) {
        try {
            return JSON.readTree(request.getBody().utf8());
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException(broken);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
