package dev.rlhf.experiment.design;

import dev.rlhf.core.base.Block;
import java.util.List;
import java.util.Map;

/**
 * Whether a measure rises or falls over the levels of a factor, in their order.
 *
 * @param measure the measure that is compared
 * @param over the factor
 * @param by factors whose combinations of levels are asked about one by one; over those not named the mean is taken
 * @param where restrictions {@code factor=level}
 * @param expect what the theory says
 */
@Block(value = "comparison", kinds = "trend")
public record Trend(String measure, String over, List<String> by, List<String> where, Expectation expect)
        implements Comparison {
    /** Keeps its own copies. */
    public Trend {
        by = List.copyOf(by);
        where = List.copyOf(where);
    }

    @Override
    public List<Column> columns(Experiment experiment) {
        return experiment.factor(over).levelNames().stream()
                .map(level -> Column.of(level, measure, Map.of(over, level)))
                .toList();
    }

    @Override
    public String words(Experiment experiment) {
        return "over " + experiment.factor(over).words();
    }
}
