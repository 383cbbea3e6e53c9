package dev.rlhf.actors.ray;

import java.io.Serial;

/** The stack trace of a failure in another process. */
final class RemoteTrace extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    RemoteTrace(String trace) {
        super("in the actor's process: " + trace.strip(), null, false, false);
    }
}
