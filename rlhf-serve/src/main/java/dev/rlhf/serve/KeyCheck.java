package dev.rlhf.serve;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;

/**
 * Asks for a bearer token on every route but those of probes: what replaces weights needs it as what draws samples does.
 *
 * <p>The answer without one is vLLM's. Digests of equal length are compared, in a time that tells nothing of where they differ.
 */
final class KeyCheck {
    /** Told to anyone: whether it lives, and numbers of its load. */
    private static final Set<String> OPEN = Set.of("/health", "/metrics");

    private static final String SCHEME = "Bearer ";
    private static final int UNAUTHORIZED = 401;

    private final byte[] expected;

    KeyCheck(String key) {
        this.expected = digest(key);
    }

    /** Answers with 401, before anything of the body is read, unless the request may pass. */
    void check(Context context) {
        if (OPEN.contains(context.path())) {
            return;
        }
        String given = context.header("Authorization");
        boolean bearer = given != null && given.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        String token =
                bearer && given != null ? given.substring(SCHEME.length()).strip() : "";
        if (!MessageDigest.isEqual(expected, digest(token))) {
            context.status(UNAUTHORIZED)
                    .header("WWW-Authenticate", "Bearer")
                    .contentType("application/json")
                    .result("{\"error\":\"Unauthorized\"}")
                    .skipRemainingHandlers();
        }
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
