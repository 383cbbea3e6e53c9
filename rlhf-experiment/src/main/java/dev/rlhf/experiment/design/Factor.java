package dev.rlhf.experiment.design;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import java.util.List;

/**
 * What is varied.
 *
 * @param name its name
 * @param words what the report calls it, e.g. {@code β}
 * @param part the part whose recipe its settings are for; parts that build on that one have the factor as well
 * @param levels its levels; where there is an order, in it
 */
@Block("factor")
public record Factor(String name, String words, String part, List<Level> levels) {
    /** Keeps its own copy; throws USER when there is nothing to choose from, or two levels have one name or the same settings. */
    public Factor {
        levels = List.copyOf(levels);
        KeyException.require(!levels.isEmpty(), "levels", "must name at least one level");
        Names.requireDistinct(levels.stream().map(Level::name).toList(), "levels");
        for (int i = 0; i < levels.size(); i++) {
            for (Level earlier : levels.subList(0, i)) {
                KeyException.require(
                        !earlier.settings().equals(levels.get(i).settings()),
                        "levels",
                        "must differ in their settings, and '" + earlier.name() + "' and '"
                                + levels.get(i).name() + "' are the same");
            }
        }
    }

    /** The level of a name; throws USER naming those there are. */
    Level level(String wanted) {
        return levels.stream()
                .filter(level -> level.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> Names.unknown("level of " + name, wanted, levelNames()));
    }

    /** Names of its levels, in order. */
    public List<String> levelNames() {
        return levels.stream().map(Level::name).toList();
    }
}
