package dev.rlhf.actors;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A runtime of which one can ask at any moment, from any thread, how its actors are; asking disturbs nobody. */
public final class WatchedRuntime implements ActorRuntime {
    private final ActorRuntime runtime;
    private final List<WatchedActor> actors = new CopyOnWriteArrayList<>();

    /** Watches the actors that {@code runtime} will start, and closes it. */
    public WatchedRuntime(ActorRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public ActorHandle spawn(ActorRole role, String name, byte[] settings) {
        WatchedActor actor = new WatchedActor(runtime.spawn(role, name, settings));
        actors.add(actor);
        return actor;
    }

    /** How the actors are, in the order in which they were started. */
    public List<ActorState> states() {
        return actors.stream().map(WatchedActor::state).toList();
    }

    @Override
    public void close() {
        runtime.close();
    }
}
