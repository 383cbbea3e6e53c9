package dev.rlhf.driver.track;

import dev.rlhf.core.base.OfKind;
import dev.rlhf.core.base.RlhfException;

/** What a run's numbers are told to; a kind of tracker is a record whose components are the keys of its block. */
public interface TrackerKind extends OfKind {
    /**
     * Begins to track a run, or goes on with one that is resumed.
     *
     * @throws RlhfException USER for a key that leads nowhere, RESOURCE when nothing answers or nothing can be written
     */
    Tracker open(TrackedRun run);
}
