package dev.rlhf.rollout;

import dev.rlhf.core.base.RlhfException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Cause of a TRANSIENT failure: the process behind an endpoint is not the one that was spoken to before. */
final class Restarted extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private Restarted(String message) {
        super(message);
    }

    static RlhfException failure(String message) {
        return RlhfException.transientFault(message, new Restarted(message));
    }

    static boolean caused(@Nullable Throwable failure) {
        return failure != null && failure.getCause() instanceof Restarted;
    }
}
