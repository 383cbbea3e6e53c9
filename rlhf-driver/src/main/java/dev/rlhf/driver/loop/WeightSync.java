package dev.rlhf.driver.loop;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.update.Learner;

/** Writes a policy's weights as a new version and brings them to every generation server. */
public interface WeightSync {
    /**
     * Publishes the learner's present weights under {@code version} and returns once every server has them.
     *
     * @throws dev.rlhf.core.base.RlhfException RESOURCE when a server does not confirm the version in time
     */
    void publish(Learner policy, WeightVersion version);
}
