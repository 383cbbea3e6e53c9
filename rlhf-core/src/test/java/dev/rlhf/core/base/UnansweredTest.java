package dev.rlhf.core.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.Unanswered.Why;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What OkHttp's and Java's own client throw, as real servers, and the lack of them, had them throw it. */
class UnansweredTest {
    private static final String BROKEN_OFF = "connection closed before the end of an answer";

    static Stream<Arguments> nobody() {
        return Stream.of(
                Arguments.of(
                        caused(
                                new ConnectException("Failed to connect to /127.0.0.1:1"),
                                new ConnectException("Connection refused")),
                        "connection refused"),
                Arguments.of(
                        caused(new ConnectException(), caused(new ConnectException(), new ClosedChannelException())),
                        "connection refused"),
                Arguments.of(new UnknownHostException("head: Name or service not known"), "no such host"),
                Arguments.of(new NoRouteToHostException("Host unreachable"), "no way leads there"));
    }

    static Stream<Throwable> late() {
        return Stream.of(
                caused(
                        new ConnectException("Failed to connect to /10.1.1.1:1"),
                        new ConnectException("Connection timed out")),
                new SocketTimeoutException("Read timed out"),
                caused(new InterruptedIOException("timeout"), new IOException("Canceled")),
                new HttpTimeoutException("request timed out"),
                caused(
                        new HttpConnectTimeoutException("HTTP connect timed out"),
                        new ConnectException("HTTP connect timed out")));
    }

    static Stream<Arguments> misunderstood() {
        return Stream.of(
                Arguments.of(
                        new IOException("unexpected end of stream", new EOFException("\\n not found")), BROKEN_OFF),
                Arguments.of(new ProtocolException("unexpected end of stream"), BROKEN_OFF),
                Arguments.of(new SocketException("Connection reset"), "connection reset"),
                Arguments.of(
                        new ProtocolException("Unexpected status line: \u0015\u0003\u0003"), "the answer is no HTTP"),
                Arguments.of(
                        new SSLException("Unsupported or unrecognized SSL message"),
                        "Unsupported or unrecognized SSL message"),
                Arguments.of(
                        caused(
                                new SSLHandshakeException("Remote host terminated the handshake"),
                                new EOFException("SSL peer shut down incorrectly")),
                        BROKEN_OFF));
    }

    @ParameterizedTest
    @MethodSource("nobody")
    void whereNobodyListens(Throwable failure, String reason) {
        assertThat(Unanswered.of(failure)).isEqualTo(new Unanswered(Why.NOBODY, reason));
    }

    @ParameterizedTest
    @MethodSource("late")
    void whatTookTooLong(Throwable failure) {
        assertThat(Unanswered.of(failure)).isEqualTo(new Unanswered(Why.LATE, "timeout"));
    }

    @ParameterizedTest
    @MethodSource("misunderstood")
    void whoBreaksOff(Throwable failure, String reason) {
        assertThat(Unanswered.of(failure)).isEqualTo(new Unanswered(Why.MISUNDERSTOOD, reason));
    }

    @Test
    void whatIsUnknownIsToldInItsOwnWords() {
        assertThat(Unanswered.of(new InterruptedIOException("executor rejected")))
                .isEqualTo(new Unanswered(Why.UNKNOWN, "executor rejected"));
        assertThat(Unanswered.of(new IOException())).isEqualTo(new Unanswered(Why.UNKNOWN, "IOException"));
    }

    @Test
    void theOtherSchemeHasTheSameAddress() {
        assertThat(Unanswered.otherScheme(URI.create("http://head:8265/http:/")))
                .isEqualTo("; where it speaks TLS, its address is https://head:8265/http:/");
        assertThat(Unanswered.otherScheme(URI.create("https://head:8265/")))
                .isEqualTo("; where it speaks no TLS, its address is http://head:8265/");
    }

    private static Throwable caused(Throwable failure, Throwable cause) {
        return failure.initCause(cause);
    }
}
