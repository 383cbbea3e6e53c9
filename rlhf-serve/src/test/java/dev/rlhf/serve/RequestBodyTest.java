package dev.rlhf.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How much of a body is read, and for how long. */
class RequestBodyTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void aBodyIsReadWholeWithAndWithoutALength() {
        byte[] text = "{\"prompt\":[3]}".getBytes(StandardCharsets.UTF_8);
        assertThat(RequestBody.read(new ByteArrayInputStream(text), text.length, MINUTE))
                .isEqualTo(text);
        assertThat(RequestBody.read(new ByteArrayInputStream(text), -1, MINUTE)).isEqualTo(text);
    }

    @Test
    void oneThatIsTooLargeIsRefusedBeforeOrWhileItIsRead() {
        assertRefused(413, new ByteArrayInputStream(new byte[0]), RequestBody.MOST + 1, MINUTE);
        InputStream endless = new SequenceInputStream(
                Collections.enumeration(Stream.generate(() -> new ByteArrayInputStream(new byte[1 << 20]))
                        .limit(65)
                        .toList()));
        assertRefused(413, endless, -1, MINUTE);
    }

    @Test
    void oneThatComesTooSlowlyOrNotToItsEndIsGivenUp() {
        assertRefused(408, new ByteArrayInputStream(new byte[1]), -1, Duration.ZERO);
        InputStream silent = new InputStream() {
            @Override
            public int read() throws SocketTimeoutException {
                throw new SocketTimeoutException("idle");
            }

            @Override
            public int read(byte[] into, int from, int most) throws SocketTimeoutException {
                throw new SocketTimeoutException("idle");
            }
        };
        assertRefused(408, silent, 5, MINUTE);
    }

    private static void assertRefused(int status, InputStream body, long declared, Duration longest) {
        assertThatThrownBy(() -> RequestBody.read(body, declared, longest))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refusal -> assertThat(refusal.status()).isEqualTo(status));
    }
}
