package dev.rlhf.driver.report;

import dev.rlhf.driver.config.Recipe;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A run as its directory tells it.
 *
 * @param recipe what the run was asked to do
 * @param resolved the recipe's text with every key written out
 * @param stages every stage of the recipe, in order, those not yet begun included
 * @param finished whether the run came to its end
 * @param lastStep when the last step was written, or empty before the first
 * @param remarks what a reader must know of the files themselves, e.g. a line that could not be read
 */
record RunRecord(
        Recipe recipe,
        String resolved,
        List<StageRecord> stages,
        boolean finished,
        Optional<Instant> lastStep,
        List<String> remarks) {
    RunRecord {
        stages = List.copyOf(stages);
        remarks = List.copyOf(remarks);
    }

    /** Steps done in all stages. */
    int steps() {
        return stages.stream().mapToInt(stage -> stage.steps().size()).sum();
    }

    /** The stage that was last at work, or empty before the first step. */
    Optional<StageRecord> lastAtWork() {
        return stages.stream().filter(stage -> !stage.steps().isEmpty()).reduce((earlier, later) -> later);
    }
}
