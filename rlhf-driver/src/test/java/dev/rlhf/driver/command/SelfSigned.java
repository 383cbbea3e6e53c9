package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
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

/** A server with a certificate that nobody but itself has signed; it notes what came through. */
final class SelfSigned implements AutoCloseable {
    /** Password of {@link #store}, which holds nothing that is secret. */
    static final String PASSWORD = "changeit";

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Path store;
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    private SelfSigned(HttpsServer server, Path store) {
        this.server = server;
        this.store = store;
    }

    /**
     * Listens on a free port.
     *
     * @param folder where the certificate is kept
     * @param reply makes the answer of a body
     */
    static SelfSigned start(Path folder, UnaryOperator<String> reply) {
        try {
            Path store = certificate(folder);
            HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            https.setHttpsConfigurator(new HttpsConfigurator(context(store)));
            SelfSigned server = new SelfSigned(https, store);
            https.createContext("/", exchange -> server.answer(exchange, reply));
            https.setExecutor(server.threads);
            https.start();
            return server;
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where it listens. */
    URI address() {
        return URI.create("https://localhost:" + server.getAddress().getPort());
    }

    /** The certificate, in the form that Java takes for a list of authorities to trust. */
    Path store() {
        return store;
    }

    /** Values of the header Authorization that came. */
    List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
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
        Path store = folder.resolve("self-signed.p12");
        if (!Files.exists(store)) {
            String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
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
