package dev.rlhf.experiment.design;

import dev.rlhf.core.base.Block;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a measure is higher or lower than another measure of the same run, as the end of training beside its start.
 *
 * @param measure the measure that is compared
 * @param from the measure that it is compared with
 * @param by factors whose combinations of levels are asked about one by one; over those not named the mean is taken
 * @param where restrictions {@code factor=level}
 * @param expect what the theory says of {@code measure} beside {@code from}
 */
@Block(value = "comparison", kinds = "change")
public record Change(String measure, String from, List<String> by, List<String> where, Expectation expect)
        implements Comparison {
    /** Keeps its own copies. */
    public Change {
        by = List.copyOf(by);
        where = List.copyOf(where);
    }

    @Override
    public List<Column> columns(Experiment experiment) {
        return List.of(Column.of(from, from, Map.of()), Column.of(measure, measure, Map.of()));
    }

    @Override
    public Optional<String> beside(Experiment experiment) {
        return Optional.of(experiment.measure(from).words());
    }

    @Override
    public String words(Experiment experiment) {
        return "from " + from;
    }
}
