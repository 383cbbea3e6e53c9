package dev.rlhf.rollout;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Cause of a failure that a server answered with: its status and words. */
final class ServerFault extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int status;

    private ServerFault(int status, String words) {
        super(words);
        this.status = status;
    }

    /** A failure of {@code kind} that a server answered with. */
    static RlhfException failure(ErrorKind kind, int status, String message) {
        return new RlhfException(kind, message, new ServerFault(status, message));
    }

    /** The status in {@code failure}; 0 when no server answered with it. */
    static int status(@Nullable Throwable failure) {
        return failure != null && failure.getCause() instanceof ServerFault fault ? fault.status : 0;
    }
}
