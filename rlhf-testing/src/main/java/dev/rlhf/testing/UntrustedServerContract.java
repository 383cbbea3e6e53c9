package dev.rlhf.testing;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every client does of a server whose certificate is not trusted: refuse it at once, in one sentence, before anything was sent. */
@Timeout(60)
public abstract class UntrustedServerContract {
    /** For files of the tests. */
    @TempDir
    protected static Path folder;

    /** The server, which signed its certificate itself. */
    protected NotingServer server;

    @BeforeEach
    final void start() {
        server = NotingServer.startSelfSigned(folder, body -> "{}");
    }

    @AfterEach
    final void stop() {
        server.close();
    }

    /** Asserts that {@code call} is refused, naming {@code what} the server is and the {@code remedy}. */
    protected final void assertRefused(String what, String remedy, ThrowingCallable call) {
        assertFails(
                call,
                ErrorKind.RESOURCE,
                what,
                server.address().toString(),
                "shows a TLS certificate that is not trusted here (",
                remedy);
        assertThat(server.authorizations()).as("requests that came through").isEmpty();
    }
}
