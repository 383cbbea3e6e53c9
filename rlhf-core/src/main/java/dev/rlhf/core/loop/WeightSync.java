package dev.rlhf.core.loop;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.update.Network;
import java.util.OptionalDouble;

/** Writes a policy's weights as a new version and brings them to every generation server. */
public interface WeightSync {
    /**
     * Publishes a network's present weights under {@code version} and returns once every server has shown that it has them.
     *
     * @return largest difference between what a server and the network say of a known sequence, in nats a token; empty where the
     *     servers are our own and only their samples are compared
     * @throws dev.rlhf.core.base.RlhfException RESOURCE when a server does not have the weights, or not in time
     */
    OptionalDouble publish(Network policy, WeightVersion version);
}
