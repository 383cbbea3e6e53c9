package dev.rlhf.experiment.design;

import dev.rlhf.core.base.Block;
import java.util.List;

/**
 * One level of a factor.
 *
 * @param name its name, which names directories too: letters, digits and {@code . + _ =}
 * @param settings {@code key=value} settings over the recipe, as of {@code ./rlhf run --set}
 */
@Block("level")
public record Level(String name, List<String> settings) {
    /** Keeps its own copy; throws USER for a name that cannot name a directory. */
    public Level {
        settings = List.copyOf(settings);
        Names.requireFit(name, "name");
    }
}
