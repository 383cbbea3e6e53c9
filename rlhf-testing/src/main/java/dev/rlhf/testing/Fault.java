package dev.rlhf.testing;

import java.time.Duration;

/** What goes wrong with one request to a {@link FakeGenerationServer}. */
public sealed interface Fault {
    /**
     * Refuses it.
     *
     * @param code HTTP status
     * @param message what the error body says
     */
    record Status(int code, String message) implements Fault {}

    /**
     * Answers late.
     *
     * @param delay how late
     */
    record Slow(Duration delay) implements Fault {}

    /** Closes the connection before an answer. */
    record Dropped() implements Fault {}

    /** Closes the connection in the middle of the answer. */
    record Torn() implements Fault {}

    /** Is killed before it answers and started anew: what it was given is gone. */
    record Killed() implements Fault {}

    /** Was killed and started anew just before, and the new process answers as if nothing had been. */
    record Replaced() implements Fault {}

    /** Carries out what it is asked for and is killed before it answers, then started anew. */
    record KilledAfter() implements Fault {}

    /**
     * Answers with success and another body.
     *
     * @param body what it says instead
     */
    record Body(String body) implements Fault {}
}
