package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Actors as threads of this process, one each; they get and give bytes only, as on a cluster. */
public final class InProcessRuntime implements ActorRuntime {
    private final Map<String, InProcessActor> actors = new LinkedHashMap<>();

    /** A runtime without actors. */
    public InProcessRuntime() {}

    @Override
    public ActorHandle spawn(ActorRole role, String name, byte[] settings) {
        if (actors.containsKey(name)) {
            throw RlhfException.bug("there is an actor " + name + " already");
        }
        InProcessActor actor = new InProcessActor(role, name, settings);
        actors.put(name, actor);
        return actor;
    }

    @Override
    public void close() {
        List<RlhfException> failures = new ArrayList<>();
        for (InProcessActor actor : actors.values()) {
            try {
                actor.end();
            } catch (RlhfException failure) {
                failures.add(failure);
            }
        }
        actors.clear();
        if (!failures.isEmpty()) {
            failures.stream().skip(1).forEach(failures.get(0)::addSuppressed);
            throw failures.get(0);
        }
    }
}
