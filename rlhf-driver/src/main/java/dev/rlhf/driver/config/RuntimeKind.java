package dev.rlhf.driver.config;

import dev.rlhf.actors.ActorRole;
import dev.rlhf.actors.ActorRuntime;
import dev.rlhf.core.base.OfKind;
import dev.rlhf.core.base.RlhfException;
import java.util.List;

/** Where actors live; a kind of runtime is a record whose components are the keys of its block. */
public interface RuntimeKind extends OfKind {
    /**
     * Starts it for actors of these roles.
     *
     * @param actors the role of each, in the order in which they are started
     * @throws RlhfException USER for a machine that lacks something, RESOURCE when nothing answers
     */
    ActorRuntime open(List<ActorRole> actors);

    /** Whether actors compute on the driver's own processor. */
    boolean local();

    /** What a report calls it. */
    String words();
}
