package dev.rlhf.actors;

import dev.rlhf.core.base.WeightVersion;
import java.nio.file.Path;

/**
 * The weights that samples must come from.
 *
 * @param modelDirectory absolute path of a model directory that every generation server can read
 * @param version its version
 */
record PublishedWeights(String modelDirectory, WeightVersion version) {
    Path directory() {
        return Path.of(modelDirectory);
    }
}
