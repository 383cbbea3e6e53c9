package dev.rlhf.core.loop;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.update.Network;

/** Writes a policy's weights as a new version and brings them to every generation server. */
public interface WeightSync {
    /**
     * Publishes a network's present weights under {@code version} and returns once every server has shown that it has them.
     *
     * @throws dev.rlhf.core.base.RlhfException RESOURCE when a server does not have the weights, or not in time
     */
    SyncReport publish(Network policy, WeightVersion version);
}
