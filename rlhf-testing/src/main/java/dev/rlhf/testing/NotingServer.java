package dev.rlhf.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server that notes which keys it is shown; it speaks TLS by a certificate that nobody but itself has signed, or plain HTTP. */
public final class NotingServer implements AutoCloseable {
    /** Password of the key store, which holds nothing that is secret. */
    private static final String PASSWORD = "changeit";

    private final HttpServer server;
    private final String scheme;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    private NotingServer(HttpServer server, String scheme, UnaryOperator<String> reply) {
        this.server = server;
        this.scheme = scheme;
        server.createContext("/", exchange -> answer(exchange, reply));
        server.setExecutor(threads);
        server.start();
    }

    /** Listens on a free port, in plain HTTP; {@code reply} makes the answer of a body. */
    public static NotingServer start(UnaryOperator<String> reply) {
        try {
            return new NotingServer(HttpServer.create(free(), 0), "http", reply);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with TLS; {@link #trusting} says how to trust its certificate. */
    public static NotingServer startSelfSigned(Path folder, UnaryOperator<String> reply) {
        try {
            HttpsServer https = HttpsServer.create(free(), 0);
            https.setHttpsConfigurator(new HttpsConfigurator(context(certificate(folder))));
            return new NotingServer(https, "https", reply);
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where it listens. */
    public URI address() {
        return URI.create(scheme + "://localhost:" + server.getAddress().getPort());
    }

    /** Values of the header Authorization that came. */
    public List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** What a JVM is told so that it trusts the certificate that {@link #startSelfSigned} has made in a folder. */
    public static String trusting(Path folder) {
        return "-Djavax.net.ssl.trustStore=" + store(folder) + " -Djavax.net.ssl.trustStorePassword=" + PASSWORD;
    }

    private static InetSocketAddress free() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static Path store(Path folder) {
        return folder.resolve("self-signed.p12");
    }

    private void answer(HttpExchange exchange, UnaryOperator<String> reply) throws IOException {
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        byte[] text = reply.apply(body).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    private static Path certificate(Path folder) throws IOException, InterruptedException {
        Path store = store(folder);
        if (!Files.exists(store)) {
            String keytool =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            String words = "-genkeypair -alias self -keyalg EC -dname CN=localhost -ext san=dns:localhost -validity 2"
                    + " -storetype PKCS12 -storepass " + PASSWORD;
            List<String> command = new ArrayList<>(List.of(keytool, "-keystore", store.toString()));
            command.addAll(List.of(words.split(" ")));
            Process made = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(made.waitFor()).as("exit code of keytool").isZero();
        }
        return store;
    }

    private static SSLContext context(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
