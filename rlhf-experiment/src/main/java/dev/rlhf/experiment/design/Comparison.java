package dev.rlhf.experiment.design;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.OfKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A question put to the numbers: does a measure rise or fall from column to column? Columns are compared within each seed. */
public sealed interface Comparison extends OfKind permits Trend, Difference, Change {
    /** The measure that is compared. */
    String measure();

    /** Factors whose combinations of levels are asked about one by one; over those not named the mean is taken. */
    List<String> by();

    /** Restrictions {@code factor=level}. */
    List<String> where();

    /** What the theory says. */
    Expectation expect();

    /** The restrictions as levels by factor; throws USER for one that is no {@code factor=level}. */
    default Map<String, String> restrictions() {
        Map<String, String> levels = new LinkedHashMap<>();
        for (String restriction : where()) {
            int equals = restriction.indexOf('=');
            KeyException.require(equals > 0, "where", "must be factor=level, not '" + restriction + "'");
            levels.put(restriction.substring(0, equals), restriction.substring(equals + 1));
        }
        return levels;
    }

    /** What is compared, in order. */
    List<Column> columns(Experiment experiment);

    /** The sentence's beginning, e.g. {@code over β}. */
    String words(Experiment experiment);

    /**
     * A column of a comparison.
     *
     * @param name what the report calls it
     * @param measure the measure
     * @param levels levels by factor that a run must have
     */
    record Column(String name, String measure, Map<String, String> levels) {}

    /** What the theory says of a comparison. */
    enum Expectation {
        /** The measure rises. */
        RISES,
        /** The measure falls. */
        FALLS,
        /** It does not say. */
        NONE
    }
}
