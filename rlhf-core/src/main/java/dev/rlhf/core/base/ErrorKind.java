package dev.rlhf.core.base;

/** The kind of a failure, which alone decides between retry, resume and stop. */
public enum ErrorKind {
    /** The user's mistake: one clear sentence, no stack trace, no retry. */
    USER(2),
    /** A passing fault of a server or an actor: retried with backoff, then treated as {@link #RESOURCE}. */
    TRANSIENT(3),
    /** A lost actor, node, disk or memory: rebuild and resume from the last checkpoint. */
    RESOURCE(3),
    /** Numbers that are not finite: stop before they reach a weight; the last checkpoint is as good as it was. */
    DIVERGED(4),
    /** A broken invariant: stop, keep the evidence. */
    BUG(1);

    private final int exitCode;

    ErrorKind(int exitCode) {
        this.exitCode = exitCode;
    }

    /** The exit code of a command that ends with this kind. */
    public int exitCode() {
        return exitCode;
    }
}
