package dev.rlhf.learner.engine;

/**
 * How long a thread of libgomp that has nothing to do looks for work before it sleeps.
 *
 * <p>Its default of 300,000 rounds is some milliseconds after each operator that had several threads, on a core that generation servers,
 * HTTP and other parts of a batch want. A thousand rounds still outlast the way from one operator to the next.
 */
final class IdleThreads {
    /** libgomp's variable for the rounds. */
    static final String VARIABLE = "GOMP_SPINCOUNT";

    private static final String POLICY = "OMP_WAIT_POLICY";
    private static final String ROUNDS = "1000";

    private IdleThreads() {}

    /** Lets them sleep soon, unless the user has said how they should wait. */
    static void restSoon() {
        if (!NativeEnvironment.has(VARIABLE) && !NativeEnvironment.has(POLICY)) {
            NativeEnvironment.set(VARIABLE, ROUNDS);
        }
    }
}
