package dev.rlhf.testing;

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
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Passes requests on to a real server, with a fault that can be planted and mended while both are at work.
 *
 * <p>What a request meets while the server is away is a 502, as from any proxy.
 */
public final class FaultyProxy implements AutoCloseable {
    private static final int UNAVAILABLE = 503;
    private static final int BAD_GATEWAY = 502;

    private final URI server;
    private final HttpServer proxy;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile Meddling meddling;

    /** What befalls a request on its way. */
    @FunctionalInterface
    public interface Meddling {
        /** Passes everything on as it is. */
        Meddling NONE = (path, body) -> Optional.of(body);

        /**
         * The body to pass on, after as long as it likes; empty refuses the request with 503.
         *
         * @param path route of the request, e.g. {@code /v1/completions}
         * @param body what was sent
         */
        Optional<String> meet(String path, String body) throws InterruptedException;
    }

    private FaultyProxy(URI server, Meddling meddling) {
        this.server = server;
        this.meddling = meddling;
        try {
            proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        proxy.setExecutor(threads);
        proxy.createContext("/", this::pass);
        proxy.start();
    }

    /** Listens before {@code server}. */
    public static FaultyProxy before(URI server, Meddling meddling) {
        return new FaultyProxy(server, meddling);
    }

    /** Its address. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.getAddress().getPort());
    }

    /** From now on requests meet this. */
    public void plant(Meddling next) {
        meddling = next;
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Optional<String> passed = meddling.meet(exchange.getRequestURI().getPath(), body);
            if (passed.isEmpty()) {
                exchange.sendResponseHeaders(UNAVAILABLE, -1);
                return;
            }
            Optional<HttpResponse<byte[]>> answer = ask(exchange, passed.get());
            if (answer.isEmpty()) {
                exchange.sendResponseHeaders(BAD_GATEWAY, -1);
                return;
            }
            byte[] said = answer.get().body();
            exchange.sendResponseHeaders(answer.get().statusCode(), said.length == 0 ? -1 : said.length);
            exchange.getResponseBody().write(said);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<HttpResponse<byte[]>> ask(HttpExchange exchange, String body) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofString(body));
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type != null) {
            request.header("Content-Type", type);
        }
        try {
            return Optional.of(client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (IOException away) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        proxy.stop(0);
        threads.shutdownNow();
    }
}
