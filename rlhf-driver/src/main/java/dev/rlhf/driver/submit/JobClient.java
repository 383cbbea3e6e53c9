package dev.rlhf.driver.submit;

import java.util.Optional;

/**
 * Where submitted jobs run, and can be asked after.
 *
 * <p>Its text is what messages call it. No connection and 5xx may pass (TRANSIENT), a missing right is the caller's mistake (USER).
 */
public interface JobClient {
    /** A job; empty when there is none of this name. */
    Optional<JobInfo> job(String id);

    /** All that a job has printed so far; empty before its first word. */
    String log(String id);

    /** Has a job stopped; does not wait for its end. */
    void stop(String id);

    /** The options by which a command finds it again, as a shell takes them. */
    String options();
}
