package dev.rlhf.core.rollout;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Who may ask a generation server, and how much at once.
 *
 * @param key what a request must show as a bearer token, never printed; empty to ask for none
 * @param mostRequests most completions on their way at once, waiting ones included, at least 1; another is refused with 503
 */
public record ServerAccess(Optional<String> key, int mostRequests) {
    /** Four trainers that ask for 1024 completions at once. */
    public static final int USUAL_REQUESTS = 4096;

    /** Whoever reaches the port. */
    public static final ServerAccess OPEN = new ServerAccess(Optional.empty(), USUAL_REQUESTS);

    private static final int KEY_BYTES = 32;

    /** Who is given a key that was never used before. */
    public static ServerAccess ownKey() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return new ServerAccess(Optional.of(HexFormat.of().formatHex(key)), USUAL_REQUESTS);
    }

    @Override
    public String toString() {
        return "ServerAccess[mostRequests=" + mostRequests + "]";
    }
}
