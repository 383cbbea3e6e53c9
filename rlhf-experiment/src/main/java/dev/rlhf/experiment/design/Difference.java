package dev.rlhf.experiment.design;

import dev.rlhf.core.base.Block;
import java.util.List;
import java.util.Map;

/**
 * Whether a measure is higher or lower at one level of a factor than at another.
 *
 * @param measure the measure that is compared
 * @param over the factor
 * @param from the level that is compared with
 * @param to the level that is compared
 * @param by factors whose combinations of levels are asked about one by one; over those not named the mean is taken
 * @param where restrictions {@code factor=level}
 * @param expect what the theory says of {@code to} beside {@code from}
 */
@Block(value = "comparison", kinds = "difference")
public record Difference(
        String measure, String over, String from, String to, List<String> by, List<String> where, Expectation expect)
        implements Comparison {
    /** Keeps its own copies. */
    public Difference {
        by = List.copyOf(by);
        where = List.copyOf(where);
    }

    @Override
    public List<Column> columns(Experiment experiment) {
        Factor factor = experiment.factor(over);
        return List.of(column(factor, from), column(factor, to));
    }

    private Column column(Factor factor, String level) {
        return Column.of(factor.level(level).name(), measure, Map.of(over, level));
    }

    @Override
    public String words(Experiment experiment) {
        return "from " + from + " to " + to;
    }
}
