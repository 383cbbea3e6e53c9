package dev.rlhf.core.sync;

import dev.rlhf.core.base.WeightVersion;
import java.nio.file.Path;

/** Brings new weights to every generation server. */
public interface WeightPublisher {
    /**
     * Loads a model directory into every server and returns once all of them serve {@code version}.
     *
     * @throws dev.rlhf.core.base.RlhfException RESOURCE naming the server that did not confirm the version in time
     */
    void publish(Path modelDirectory, WeightVersion version);
}
