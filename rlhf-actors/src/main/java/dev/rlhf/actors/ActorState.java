package dev.rlhf.actors;

/**
 * An actor as its callers see it at a moment.
 *
 * @param name its name, e.g. {@code learner-0}
 * @param waiting calls it has not answered yet
 * @param oldestSeconds how long the oldest of them has waited; 0 where there is none
 * @param busySeconds time so far in which it had a call to answer
 * @param restarts how often it was lost and started again
 * @param vitals what it said of itself with its last answer
 */
public record ActorState(
        String name, int waiting, double oldestSeconds, double busySeconds, int restarts, ActorVitals vitals) {}
