package dev.rlhf.experiment.design;

import dev.rlhf.core.base.Block;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Whether a measure lies above or below a value, as that of chance.
 *
 * @param measure the measure that is compared
 * @param value the value
 * @param words what the report calls the value, e.g. {@code chance}
 * @param by factors whose combinations of levels are asked about one by one; over those not named the mean is taken
 * @param where restrictions {@code factor=level}
 * @param expect what the theory says of the measure beside the value
 */
@Block(value = "comparison", kinds = "above")
public record Above(String measure, double value, String words, List<String> by, List<String> where, Expectation expect)
        implements Comparison {
    /** Keeps its own copies. */
    public Above {
        by = List.copyOf(by);
        where = List.copyOf(where);
    }

    @Override
    public List<Column> columns(Experiment experiment) {
        return List.of(
                new Column(words, measure, Map.of(), OptionalDouble.of(value)), Column.of(measure, measure, Map.of()));
    }

    @Override
    public Optional<String> beside(Experiment experiment) {
        return Optional.of(words);
    }

    @Override
    public String words(Experiment experiment) {
        return "from " + words;
    }
}
