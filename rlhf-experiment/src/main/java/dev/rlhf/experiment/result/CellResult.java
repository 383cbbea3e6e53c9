package dev.rlhf.experiment.result;

import dev.rlhf.experiment.design.Cell;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one run measured.
 *
 * @param cell which run
 * @param values measures by name; those that the run has
 * @param curves numbers over a stage, by the curve's place in the experiment and the number's key
 * @param failure why the run did not come to its end; null for one that did
 */
public record CellResult(
        Cell cell,
        Map<String, Double> values,
        Map<String, List<Point>> curves,
        @Nullable String failure) {
    /** Keeps its own sorted copies. */
    public CellResult {
        values = new TreeMap<>(values);
        curves = new TreeMap<>(curves);
    }

    /**
     * A number on its way.
     *
     * @param step steps done
     * @param x where it stands along the chart
     * @param value the number
     */
    public record Point(int step, double x, double value) {}

    /** A run that failed. */
    public static CellResult failed(Cell cell, String failure) {
        return new CellResult(cell, Map.of(), Map.of(), failure);
    }

    /** The key of a number's curve. */
    public static String key(int curve, String number) {
        return curve + " " + number;
    }
}
