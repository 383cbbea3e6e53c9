package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Cause of a RESOURCE failure that tells a lost actor (state gone, restarted) from other missing resources. */
public final class ActorLost extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private ActorLost(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The failure of a call to an actor that ended before it answered. */
    public static RlhfException failure(String actor, String reason, @Nullable Throwable cause) {
        return failure("actor " + actor + " was lost: " + reason, cause);
    }

    /** The same, in words that another process has found already. */
    public static RlhfException failure(String message, @Nullable Throwable cause) {
        return RlhfException.resource(message, new ActorLost(message, cause));
    }

    /** Whether {@code failure} says that an actor was lost. */
    public static boolean caused(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof ActorLost)) {
            cause = cause.getCause();
        }
        return cause != null;
    }
}
