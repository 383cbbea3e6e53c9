package dev.rlhf.experiment.design;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.OfKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** A question put to the numbers: does a measure rise or fall from column to column? Columns are compared within each seed. */
public sealed interface Comparison extends OfKind permits Trend, Difference, Change, Above {
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

    /** What the report calls that beside which the measure is held within one run; empty where runs of different levels are compared. */
    default Optional<String> beside(Experiment experiment) {
        return Optional.empty();
    }

    /**
     * A column of a comparison.
     *
     * @param name its name: a level, a measure, or what a value is called
     * @param measure the measure it holds, or is held beside
     * @param levels levels by factor that a run must have
     * @param value what stands in it for every run; empty where the runs' own measures do
     */
    record Column(String name, String measure, Map<String, String> levels, OptionalDouble value) {
        static Column of(String name, String measure, Map<String, String> levels) {
            return new Column(name, measure, levels, OptionalDouble.empty());
        }
    }

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
