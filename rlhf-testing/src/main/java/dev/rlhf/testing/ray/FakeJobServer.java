package dev.rlhf.testing.ray;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;

/** Ray's job server over real HTTP, which answers what a test has it answer and keeps the packages it is sent. */
public final class FakeJobServer implements AutoCloseable {
    /** What a real one says of itself. */
    public static final String VERSION =
            "{\"version\": \"4\", \"ray_version\": \"2.60.0\", \"ray_commit\": \"0\", \"session_name\": \"session_0\"}";

    private final MockWebServer server = new MockWebServer();
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final Map<String, byte[]> packages = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> submitted = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();

    private FakeJobServer() {}

    /**
     * An answer.
     *
     * @param status HTTP status; 0 drops the connection, a negative one is never sent
     * @param text body
     */
    public record Answer(int status, String text) {
        /** Status 200. */
        public static Answer of(String text) {
            return new Answer(200, text);
        }

        /** A connection that breaks. */
        public static Answer broken() {
            return new Answer(0, "");
        }

        /** Silence. */
        public static Answer none() {
            return new Answer(-1, "");
        }
    }

    /** Listens on a free port. */
    public static FakeJobServer start() {
        FakeJobServer fake = new FakeJobServer();
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
        return fake.answer("GET /api/version", Answer.of(VERSION));
    }

    /** Has a request, e.g. {@code GET /api/jobs/x}, answered by these in turn; the last one stays. */
    public FakeJobServer answer(String request, Answer... inTurn) {
        answers.put(request, new ConcurrentLinkedDeque<>(List.of(inTurn)));
        return this;
    }

    /** Where it listens. */
    public URI address() {
        return URI.create("http://" + server.getHostName() + ":" + server.getPort());
    }

    /** All requests so far, e.g. {@code GET /api/version}. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** The packages it was sent, by name. */
    public Map<String, byte[]> packages() {
        return Map.copyOf(packages);
    }

    /** Bodies of the jobs it was sent. */
    public List<String> submitted() {
        return List.copyOf(submitted);
    }

    /** Headers {@code Authorization} that came. */
    public List<String> tokens() {
        return List.copyOf(tokens);
    }

    @Override
    public void close() {
        server.close();
    }

    private MockResponse dispatch(RecordedRequest request) {
        String path = request.getUrl().encodedPath();
        String asked = request.getMethod() + " " + path;
        requests.add(asked);
        String token = request.getHeaders().get("Authorization");
        if (token != null) {
            tokens.add(token);
        }
        if (asked.equals("POST /api/jobs/")) {
            submitted.add(request.getBody().utf8());
        }
        Deque<Answer> scripted = answers.get(asked);
        if (scripted != null) {
            Answer next = scripted.size() > 1 ? scripted.removeFirst() : scripted.getFirst();
            return response(next);
        }
        String name = path.substring(path.lastIndexOf('/') + 1);
        return response(
                switch (request.getMethod() + " " + path.substring(0, path.length() - name.length())) {
                    case "PUT /api/packages/gcs/" -> {
                        packages.put(name, request.getBody().toByteArray());
                        yield Answer.of("");
                    }
                    case "GET /api/packages/gcs/" ->
                        packages.containsKey(name)
                                ? Answer.of("")
                                : new Answer(404, "Package gcs://" + name + " does not exist");
                    case "POST /api/jobs/" -> Answer.of("{\"job_id\": \"x\", \"submission_id\": \"x\"}");
                    default -> new Answer(404, name + " does not exist");
                });
    }

    private static MockResponse response(Answer answer) {
        MockResponse.Builder response = new MockResponse.Builder();
        if (answer.status < 0) {
            return response.onResponseStart(SocketEffect.Stall.INSTANCE).build();
        }
        return answer.status == 0
                ? response.onResponseStart(new SocketEffect.CloseSocket()).build()
                : response.code(answer.status).body(answer.text).build();
    }
}
