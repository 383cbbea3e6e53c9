package dev.rlhf.core.sync;

import dev.rlhf.core.base.WeightVersion;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Weights on their way to the generation servers.
 *
 * @param modelDirectory absolute path of a model directory that every generation server can read
 * @param version their version
 * @param canary how a server shows that it has them; null for a server of our own, of which every step's samples show it
 */
public record WeightSnapshot(
        Path modelDirectory,
        WeightVersion version,
        @Nullable Canary canary) {
    /** Makes the path absolute. */
    public WeightSnapshot {
        modelDirectory = modelDirectory.toAbsolutePath();
    }
}
