package dev.rlhf.driver.config;

import dev.rlhf.actors.ActorRuntime;
import dev.rlhf.core.base.OfKind;
import dev.rlhf.core.base.RlhfException;

/** Where actors live; a kind of runtime is a record whose components are the keys of its block. */
public interface RuntimeKind extends OfKind {
    /**
     * Starts it for a number of actors.
     *
     * @throws RlhfException USER for a machine that lacks something, RESOURCE when nothing answers
     */
    ActorRuntime open(int actors);

    /** Whether actors compute on the driver's own processor. */
    boolean local();

    /** What a report calls it. */
    String words();
}
