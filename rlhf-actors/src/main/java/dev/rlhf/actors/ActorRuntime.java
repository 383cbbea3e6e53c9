package dev.rlhf.actors;

/** Where actors run: threads of this process, or processes of a cluster. */
public interface ActorRuntime extends AutoCloseable {
    /**
     * Starts an actor and returns without waiting for it; calls made meanwhile wait for it.
     *
     * @param role what it does
     * @param name unique within the runtime, e.g. {@code rollout-1}; it names the actor in every failure
     * @param settings handed to the actor's constructor, at each restart again
     * @throws dev.rlhf.core.base.RlhfException BUG when the name is taken
     */
    ActorHandle spawn(ActorRole role, String name, byte[] settings);

    /** Ends every actor; calls in flight fail. */
    @Override
    void close();
}
