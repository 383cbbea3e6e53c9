package dev.rlhf.core.base;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of the project; its kind decides what happens next.
 *
 * <p>A message is printed, logged and kept, so passwords in the addresses it tells are left out ({@link Address#redacted}).
 */
public sealed class RlhfException extends RuntimeException permits KeyException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final ErrorKind kind;

    /** Creates a failure of the given kind; {@code cause} may be null. */
    public RlhfException(ErrorKind kind, String message, @Nullable Throwable cause) {
        super(Address.redacted(message), cause);
        this.kind = kind;
    }

    /** The user's mistake; the message names the file, line or key, and the fix. */
    public static RlhfException user(String message) {
        return new RlhfException(ErrorKind.USER, message, null);
    }

    /** A passing fault that a retry may cure. */
    public static RlhfException transientFault(String message, @Nullable Throwable cause) {
        return new RlhfException(ErrorKind.TRANSIENT, message, cause);
    }

    /** A lost or exhausted resource; the message says what, where and how to resume. */
    public static RlhfException resource(String message, @Nullable Throwable cause) {
        return new RlhfException(ErrorKind.RESOURCE, message, cause);
    }

    /** Numbers that are not finite; the message says which, and what may help. */
    public static RlhfException diverged(String message) {
        return new RlhfException(ErrorKind.DIVERGED, message, null);
    }

    /** A broken invariant of our own. */
    public static RlhfException bug(String message) {
        return new RlhfException(ErrorKind.BUG, message, null);
    }

    /** The kind of this failure. */
    public ErrorKind kind() {
        return kind;
    }
}
