package dev.rlhf.experiment.design;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.nio.file.Path;
import java.util.List;

/**
 * One recipe of an experiment, run once for each seed and each combination of its factors' levels.
 *
 * @param name name by which later parts refer to its runs
 * @param recipe the recipe, relative to the experiment's file
 * @param factors names of the factors it is run for; those of parts it builds on among them
 * @param settings settings over the recipe; {@code {part}} stands for the directory of the run it builds on
 * @param seconds what a run takes on two cores, for the plan
 */
@Block("part")
public record Part(
        String name,
        Path recipe,
        List<String> factors,
        List<String> settings,
        @Range(above = 0) double seconds) {
    /** Keeps its own copies. */
    public Part {
        factors = List.copyOf(factors);
        settings = List.copyOf(settings);
    }
}
