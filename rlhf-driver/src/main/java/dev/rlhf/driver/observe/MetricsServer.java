package dev.rlhf.driver.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers {@code /metrics} and {@code /healthz}; any other path is not found. */
final class MetricsServer implements AutoCloseable {
    private static final int THREADS = 2;

    private final HttpServer server;
    private final ExecutorService threads;
    private final MetricsHandler metrics;
    private final Scrapes scrapes;

    /** Listens; port 0 takes any free one; throws IOException when the port is taken. */
    MetricsServer(InetSocketAddress address, PrometheusRegistry registry, Scrapes scrapes) throws IOException {
        this.scrapes = scrapes;
        metrics = new MetricsHandler(registry);
        server = HttpServer.create(address, 0);
        threads = Executors.newFixedThreadPool(THREADS, work -> {
            Thread thread = new Thread(work, "metrics");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        // A context of the JDK's server also takes every path that merely begins like its own.
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestURI().getPath()) {
            case "/metrics" -> {
                metrics.handle(exchange);
                scrapes.done();
            }
            case "/healthz" -> say(exchange, HttpURLConnection.HTTP_OK, "ok\n");
            default -> say(exchange, HttpURLConnection.HTTP_NOT_FOUND, "not found; there are /metrics and /healthz\n");
        }
    }

    private static void say(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
            if (!head) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }
}
