package dev.rlhf.core.base;

import java.io.EOFException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a call over HTTP was not answered, in the same words whichever client has made it.
 *
 * @param why where the fault lies
 * @param reason it in a few words, e.g. {@code connection refused}
 */
public record Unanswered(Why why, String reason) {
    /** Where the fault lies. */
    public enum Why {
        /** Nothing listens there, or there is no such place: the address is another, or the server is not started. */
        NOBODY,
        /** No answer came in time. */
        LATE,
        /** Somebody listens and broke off or was not understood, as one who speaks TLS and is spoken to without it. */
        MISUNDERSTOOD,
        /** Anything else. */
        UNKNOWN
    }

    /** Where the fault of a call lies that ended with {@code failure}. */
    public static Unanswered of(Throwable failure) {
        Deque<Throwable> innermostFirst = new ArrayDeque<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            innermostFirst.push(cause);
        }
        return innermostFirst.stream()
                .flatMap(cause -> known(cause).stream())
                .findFirst()
                .orElseGet(() -> new Unanswered(Why.UNKNOWN, words(innermostFirst.getFirst())));
    }

    /** What to say where it may be that a server was spoken to in the other scheme: the address with that. */
    public static String otherScheme(URI address) {
        boolean secure = "https".equals(address.getScheme());
        String other = address.toString().replaceFirst("^https?:", secure ? "http:" : "https:");
        return "; where it speaks " + (secure ? "no TLS" : "TLS") + ", its address is " + other;
    }

    /** Whether a refusal says that the server wants TLS, as those do that notice. */
    public static boolean wantsTls(int status, String text) {
        return status == 400 && text.contains("HTTPS");
    }

    private static Optional<Unanswered> known(Throwable cause) {
        String said = words(cause).toLowerCase(Locale.ROOT);
        if (outOfTime(cause, said)) {
            return known(Why.LATE, "timeout");
        }
        return nobody(cause, said).or(() -> misunderstood(cause, said));
    }

    private static Optional<Unanswered> nobody(Throwable cause, String said) {
        if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
            return known(Why.NOBODY, "no such host");
        }
        if (cause instanceof SocketException && said.contains("unreachable")) {
            return known(Why.NOBODY, "no way leads there");
        }
        return cause instanceof ConnectException ? known(Why.NOBODY, "connection refused") : Optional.empty();
    }

    private static Optional<Unanswered> misunderstood(Throwable cause, String said) {
        if (cause instanceof EOFException || said.contains("end of stream")) {
            return known(Why.MISUNDERSTOOD, "connection closed before the end of an answer");
        }
        if (cause instanceof SocketException && (said.contains("reset") || said.contains("broken pipe"))) {
            return known(Why.MISUNDERSTOOD, "connection reset");
        }
        if (cause instanceof ProtocolException && said.startsWith("unexpected status line")) {
            return known(Why.MISUNDERSTOOD, "the answer is no HTTP");
        }
        // Its class is beyond the core's Java.
        return cause.getClass().getSimpleName().startsWith("SSL")
                ? known(Why.MISUNDERSTOOD, words(cause))
                : Optional.empty();
    }

    private static Optional<Unanswered> known(Why why, String reason) {
        return Optional.of(new Unanswered(why, reason));
    }

    /** Every client has a class of its own for it, and the system says it by words. */
    private static boolean outOfTime(Throwable cause, String said) {
        boolean ofTime = said.contains("timeout") || said.contains("timed out");
        return cause.getClass().getSimpleName().endsWith("TimeoutException")
                || (ofTime && (cause instanceof InterruptedIOException || cause instanceof SocketException));
    }

    private static String words(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.strip().lines().findFirst().orElse("");
    }
}
