package dev.rlhf.driver.stage;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.LoopState;
import dev.rlhf.core.update.Learner;
import dev.rlhf.driver.data.PairData;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a stage starts or goes on.
 *
 * @param loop what is remembered of the steps so far; of a new stage only the version of the weights
 * @param learners folder of the learners' states, or empty for a new stage
 */
public record StageStart(LoopState loop, Optional<Path> learners) {

    /** Brings a learner to where it was. */
    public void restore(Learner learner, String name) {
        learners.ifPresent(folder -> learner.loadState(folder.resolve(name)));
    }

    /** The weights that generation servers hold once pairs are made; where pairs are only read nothing is published. */
    public WeightVersion version(PairData pairs) {
        return pairs.draws().isEmpty() ? loop.version() : firstVersion();
    }

    /** The version under which a stage publishes the weights it starts from; a resumed stage has published already. */
    public WeightVersion firstVersion() {
        return learners.isPresent() ? loop.version() : loop.version().next();
    }
}
