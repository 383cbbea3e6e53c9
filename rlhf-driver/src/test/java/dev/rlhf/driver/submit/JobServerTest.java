package dev.rlhf.driver.submit;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.testing.NotingServer;
import dev.rlhf.testing.ray.FakeJobServer;
import dev.rlhf.testing.ray.FakeJobServer.Answer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import javax.net.ssl.SSLException;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an address may turn out to be is one sentence, in time. */
class JobServerTest {
    private static final String VERSION = "GET /api/version";
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final FakeJobServer fake = FakeJobServer.start();

    @AfterEach
    void stop() {
        fake.close();
    }

    @Test
    void itSaysItsVersion() {
        assertThat(server(Optional.empty()).version()).isEqualTo("2.60.0");
    }

    @Test
    void whereNothingListensIsSaid() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        JobServer nobody = new JobServer(URI.create("http://127.0.0.1:" + free), Optional.empty(), DEADLINE);

        assertFails(
                nobody::version,
                ErrorKind.RESOURCE,
                "no Ray job server answers at http://127.0.0.1:" + free + "/ (connection refused)",
                "--address http://10.0.0.1:8265");
    }

    @Test
    void aServerThatIsSilentIsNotWaitedForForEver() {
        fake.answer(VERSION, Answer.none());
        JobServer silent = new JobServer(fake.address(), Optional.empty(), Duration.ofMillis(300));
        long begin = System.nanoTime();

        assertFails(silent::version, ErrorKind.RESOURCE, "no Ray job server answers at", "(timeout)");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(DEADLINE);
    }

    @Test
    void anotherServerIsRecognised() {
        fake.answer(
                VERSION,
                Answer.of("<html>a web server</html>"),
                Answer.of("{\"status\": \"ok\"}"),
                new Answer(404, "Not Found"));

        assertFails(server(Optional.empty())::version, ErrorKind.USER, "does not speak as a job server of Ray");
        assertFails(server(Optional.empty())::version, ErrorKind.USER, "is no job server of Ray");
        assertFails(server(Optional.empty())::version, ErrorKind.USER, "answered 404", "the cluster's dashboard");
    }

    /** As a server of HTTP answers it; one that waits for the end of a line finds it in a greeting of TLS by chance. */
    @Test
    void aServerWithoutTlsIsNotAskedByHttps() throws IOException {
        try (RawServer plain = RawServer.saying(
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
            assertFails(
                    new JobServer(plain.address("https"), Optional.empty(), DEADLINE)::version,
                    ErrorKind.RESOURCE,
                    "no Ray job server answers at " + plain.address("https"),
                    "; where it speaks no TLS, its address is " + plain.address("http"));
        }
    }

    @Test
    void aServerWithTlsIsNotAskedByHttp(@TempDir Path folder) {
        try (NotingServer server = NotingServer.startSelfSigned(folder, body -> "{}")) {
            URI wrong = URI.create(server.address().toString().replace("https:", "http:"));

            assertFails(
                    new JobServer(wrong, Optional.empty(), DEADLINE)::version,
                    ErrorKind.RESOURCE,
                    "no Ray job server answers at " + wrong,
                    "; where it speaks TLS, its address is " + server.address() + "/");
        }
    }

    /** As nginx says it, and a server written in Go. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<center>The plain HTTP request was sent to HTTPS port</center>\n<hr><center>nginx</center>\n</html>",
                "Client sent an HTTP request to an HTTPS server.\n"
            })
    void aRefusalThatAsksForTlsIsUnderstood(String words) {
        fake.answer(VERSION, new Answer(400, words));

        assertFails(
                server(Optional.empty())::version,
                ErrorKind.USER,
                "answered 400",
                "; where it speaks TLS, its address is https://"
                        + fake.address().getAuthority());
    }

    @Test
    void aServerThatBreaksOffMaySpeakTls() throws IOException {
        try (RawServer resetting = RawServer.resetting()) {
            assertFails(
                    new JobServer(resetting.address("http"), Optional.empty(), DEADLINE)::version,
                    ErrorKind.RESOURCE,
                    "(connection reset); where it speaks TLS, its address is " + resetting.address("https"));
            assertFails(
                    new JobServer(resetting.address("https"), Optional.empty(), DEADLINE)::version,
                    ErrorKind.RESOURCE,
                    "(connection reset); where it speaks no TLS, its address is " + resetting.address("http"));
        }
    }

    /** With bytes that Ray's own port sent, where a request over HTTP came. */
    @Test
    void thePortOfTheClusterItselfIsNotTheDashboards() throws IOException {
        try (RawServer cluster = RawServer.saying(HexFormat.of()
                .parseHex(
                        "000018040000000000000400400000000500400000000600004000fe03000000010000040800000000000000"))) {
            assertFails(
                    new JobServer(cluster.address("http"), Optional.empty(), DEADLINE)::version,
                    ErrorKind.RESOURCE,
                    "; that is the cluster's own port (6379 by default), and the dashboard's, 8265 by default, is what submit"
                            + " wants: --address http://127.0.0.1:8265/");
        }
        assertThat(new JobServerAddress(HttpUrl.get("https://head:6379/")).remedy(new SSLException("unrecognized")))
                .startsWith("; that is the cluster's own port");
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        assertFails(
                () -> new JobServer(URI.create("head:8265"), Optional.empty(), DEADLINE),
                ErrorKind.USER,
                "not an address of a Ray cluster's job server: head:8265");
        assertFails(
                () -> new JobServer(URI.create(""), Optional.empty(), DEADLINE),
                ErrorKind.USER,
                "the address of a Ray cluster's job server is empty; write that of its dashboard, e.g. http://");
    }

    @Test
    void anAddressWithAPasswordIsRefusedWithoutRepeatingIt() {
        assertThatThrownBy(() -> new JobServer(URI.create("http://me:hunter2@head:8265"), Optional.empty(), DEADLINE))
                .hasMessageContainingAll("before head", "RAY_AUTH_TOKEN")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void aServerThatSendsOneElsewhereIsNotFollowed() {
        fake.answer(VERSION, new Answer(307, ""));

        assertFails(
                () -> server(Optional.of("secret")).version(),
                ErrorKind.USER,
                "sends one elsewhere (status 307), and nothing is sent there");
        assertThat(fake.requests()).hasSize(1);
    }

    @Test
    void whereOneIsSentIsSaidWithoutWhatFollows() {
        assertThat(new JobServerAddress(HttpUrl.get(fake.address()))
                        .elsewhere(301, "https://head/login?state=hunter2")
                        .getMessage())
                .contains("sends one elsewhere (status 301, to https://head:443)")
                .doesNotContain("hunter2");
    }

    @Test
    void aTokenIsSentAndAMissingOneNamed() {
        assertThat(server(Optional.of("secret")).version()).isNotEmpty();
        assertThat(fake.tokens()).containsExactly("Bearer secret");

        fake.answer(VERSION, new Answer(401, "Unauthorized: Missing authentication token"));
        assertFails(server(Optional.empty())::version, ErrorKind.USER, "asks for a token: set RAY_AUTH_TOKEN");
        assertFails(server(Optional.of("secret"))::version, ErrorKind.USER, "does not take the one in RAY_AUTH_TOKEN");
    }

    private JobServer server(Optional<String> token) {
        return new JobServer(fake.address(), token, DEADLINE);
    }
}
