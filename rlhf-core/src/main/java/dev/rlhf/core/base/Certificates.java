package dev.rlhf.core.base;

import java.security.cert.CertificateException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Servers whose TLS certificate is not trusted, which no repetition changes. */
public final class Certificates {
    /** What to do where Java's own list of authorities decides. */
    public static final String TRUST_STORE =
            "have Java trust its authority: JDK_JAVA_OPTIONS=-Djavax.net.ssl.trustStore=FILE";

    /** The failure of a certificate that is another host's; its class is beyond the core's Java. */
    private static final String WRONG_NAME = "SSLPeerUnverifiedException";

    private Certificates() {}

    /** What to say of {@code server}, and the {@code remedy}, when its certificate is not trusted; empty when the failure is another one. */
    public static Optional<String> complaint(String server, @Nullable Throwable failure, String remedy) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException
                    || cause.getClass().getSimpleName().equals(WRONG_NAME)) {
                return Optional.of(server + " shows a TLS certificate that is not trusted here (" + reason(cause)
                        + "); " + remedy);
            }
        }
        return Optional.empty();
    }

    /** The first line: a client lists a whole certificate after it. */
    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null
                ? "it cannot be verified"
                : message.lines().findFirst().orElse("").strip();
    }
}
