package dev.rlhf.testing.vllm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Passes requests on to a server, and kills that server when a certain request comes by.
 *
 * <p>What a request meets while the server is away is a 502, as from any proxy.
 */
public final class KillingProxy implements AutoCloseable {
    private static final int BAD_GATEWAY = 502;

    private final LocalVllm server;
    private final HttpServer proxy;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
    private final Plan plan;
    private final AtomicInteger kills = new AtomicInteger();

    /**
     * When to kill.
     *
     * @param path route of the request, e.g. {@code /v1/completions}
     * @param marker what its body contains, which others' do not
     * @param count how many such requests must have come, this one included
     * @param silent whether the request is held until the new process is there, and then passed to that one; else it is passed on
     *     and its server killed while it works
     */
    public record Plan(String path, String marker, int count, boolean silent) {}

    private KillingProxy(LocalVllm server, HttpServer proxy, Plan plan) {
        this.server = server;
        this.proxy = proxy;
        this.plan = plan;
    }

    /** Listens before {@code server}. */
    public static KillingProxy before(LocalVllm server, Plan plan) {
        try {
            HttpServer listening = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            KillingProxy proxy = new KillingProxy(server, listening, plan);
            listening.setExecutor(proxy.threads);
            listening.createContext("/", proxy::pass);
            listening.start();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its address. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.getAddress().getPort());
    }

    /** How often it has killed. */
    public int kills() {
        return kills.get();
    }

    private void pass(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        boolean due = path.equals(plan.path())
                && new String(body, StandardCharsets.UTF_8).contains(plan.marker())
                && seen.computeIfAbsent(path, any -> new AtomicInteger()).incrementAndGet() == plan.count();
        if (due && plan.silent()) {
            kills.incrementAndGet();
            server.killAndRestart();
            server.awaitHealthy();
        } else if (due) {
            threads.execute(() -> {
                kills.incrementAndGet();
                server.killAndRestart();
            });
        }
        answer(exchange, body);
    }

    private void answer(HttpExchange exchange, byte[] body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.endpoint().resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type != null) {
            request.header("Content-Type", type);
        }
        try (exchange) {
            HttpResponse<byte[]> answer = send(request.build());
            if (answer == null) {
                exchange.sendResponseHeaders(BAD_GATEWAY, -1);
                return;
            }
            int length = answer.body().length;
            exchange.sendResponseHeaders(answer.statusCode(), length == 0 ? -1 : length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable HttpResponse<byte[]> send(HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException away) {
            return null;
        }
    }

    @Override
    public void close() {
        proxy.stop(0);
        threads.shutdownNow();
    }
}
