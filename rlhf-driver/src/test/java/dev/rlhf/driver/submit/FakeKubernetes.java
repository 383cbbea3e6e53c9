package dev.rlhf.driver.submit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rlhf.deployment.CustomResources;
import dev.rlhf.testing.ray.FakeJobServer.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An API server over real HTTP with one namespace, {@code ml}.
 *
 * <p>It takes RayJobs that KubeRay's own schema takes, and keeps them and ConfigMaps; what an operator would do, a test does.
 */
public final class FakeKubernetes implements AutoCloseable {
    /** Path of the RayJobs. */
    public static final String RAY_JOBS = "/apis/ray.io/v1/namespaces/ml/rayjobs";

    private static final String CONFIG_MAPS = "/api/v1/namespaces/ml/configmaps";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final Map<String, ObjectNode> objects = new ConcurrentHashMap<>();
    private final Map<String, Deque<ObjectNode>> statuses = new ConcurrentHashMap<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();

    private FakeKubernetes(HttpServer server) {
        this.server = server;
    }

    /** Listens on a free port. */
    public static FakeKubernetes start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            FakeKubernetes fake = new FakeKubernetes(server);
            server.createContext("/", fake::handle);
            server.start();
            return fake;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** Writes a configuration whose only context, {@code here}, is this server with the token {@code secret}. */
    public Path kubeconfig(Path folder) {
        try {
            return Files.writeString(folder.resolve("kubeconfig"), """
                    apiVersion: v1
                    kind: Config
                    current-context: here
                    contexts: [{name: here, context: {cluster: fake, user: me, namespace: ml}}]
                    clusters: [{name: fake, cluster: {server: "%s"}}]
                    users: [{name: me, user: {token: secret}}]
                    """.formatted(address()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens. */
    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Has a request, e.g. {@code GET /version}, answered so. */
    public FakeKubernetes answer(String request, Answer answer) {
        answers.put(request, answer);
        return this;
    }

    /** What the operator says of a RayJob, each time it is asked for one after the other; the last one stays. */
    public FakeKubernetes statuses(String... inTurn) {
        Deque<ObjectNode> all = new ArrayDeque<>();
        for (String status : inTurn) {
            all.add((ObjectNode) json(status));
        }
        statuses.put(RAY_JOBS, all);
        return this;
    }

    /** The only object below a path of a kind. */
    public ObjectNode only(String kind) {
        return objects.entrySet().stream()
                .filter(entry -> entry.getKey().contains("/" + kind + "/"))
                .map(Map.Entry::getValue)
                .reduce((one, other) -> {
                    throw new AssertionError("more than one of " + kind);
                })
                .orElseThrow(() -> new AssertionError("no " + kind));
    }

    /** What the head of the only RayJob finds at a path below the folder of the job's files. */
    public String mounted(String path) {
        JsonNode volumes = only("rayjobs").at("/spec/rayClusterSpec/headGroupSpec/template/spec/volumes");
        for (JsonNode item : volumes.path(volumes.size() - 1).at("/configMap/items")) {
            if (item.path("path").asText().equals(path)) {
                JsonNode data = only("configmaps")
                        .path("binaryData")
                        .path(item.path("key").asText());
                return new String(Base64.getDecoder().decode(data.asText()), StandardCharsets.UTF_8);
            }
        }
        throw new AssertionError("no " + path + " among " + volumes);
    }

    /** How many objects it has. */
    public int count() {
        return objects.size();
    }

    /** All requests so far, without their queries. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Headers {@code Authorization} that came. */
    public List<String> tokens() {
        return List.copyOf(tokens);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String asked = exchange.getRequestMethod() + " " + path;
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(asked);
            tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            Answer scripted = answers.get(asked);
            Answer answer = scripted == null ? answer(exchange.getRequestMethod(), path, body) : scripted;
            byte[] text = answer.text().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), text.length);
            exchange.getResponseBody().write(text);
        }
    }

    private Answer answer(String method, String path, String body) {
        return switch (method) {
            case "GET" ->
                path.equals(RAY_JOBS)
                        ? Answer.of(
                                "{\"apiVersion\": \"ray.io/v1\", \"kind\": \"RayJobList\", \"metadata\": {}, \"items\": []}")
                        : found(path);
            case "POST" -> made(path, (ObjectNode) json(body));
            case "PATCH" -> patched(path, json(body));
            case "DELETE" ->
                objects.remove(path) == null
                        ? missing(path)
                        : Answer.of("{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Success\"}");
            default -> missing(path);
        };
    }

    private Answer found(String path) {
        ObjectNode object = objects.get(path);
        if (object == null) {
            return missing(path);
        }
        ObjectNode copy = object.deepCopy();
        Deque<ObjectNode> told = statuses.get(RAY_JOBS);
        if (told != null) {
            copy.set("status", told.size() > 1 ? told.removeFirst() : told.getFirst());
        }
        return Answer.of(copy.toString());
    }

    private Answer made(String collection, ObjectNode object) {
        if (!collection.equals(RAY_JOBS) && !collection.equals(CONFIG_MAPS)) {
            return missing(collection);
        }
        List<String> complaints = collection.equals(RAY_JOBS) ? CustomResources.complaints(object) : List.of();
        if (!complaints.isEmpty()) {
            return refusal(422, String.join(", ", complaints));
        }
        String path = collection + "/" + object.path("metadata").path("name").asText();
        object.withObject("/metadata").put("uid", "uid-" + objects.size()).put("namespace", "ml");
        if (objects.putIfAbsent(path, object) != null) {
            return refusal(409, path + " already exists");
        }
        return new Answer(201, object.toString());
    }

    private Answer patched(String path, JsonNode patch) {
        ObjectNode object = objects.get(path);
        if (object == null) {
            return missing(path);
        }
        patch.path("spec")
                .properties()
                .forEach(field -> object.withObject("/spec").set(field.getKey(), field.getValue()));
        return Answer.of(object.toString());
    }

    private static Answer missing(String path) {
        return refusal(404, path + " not found");
    }

    /** A refusal as an API server puts it. */
    public static Answer refusal(int code, String message) {
        return new Answer(
                code,
                JSON.createObjectNode()
                        .put("kind", "Status")
                        .put("apiVersion", "v1")
                        .put("status", "Failure")
                        .put("message", message)
                        .put("code", code)
                        .toString());
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
