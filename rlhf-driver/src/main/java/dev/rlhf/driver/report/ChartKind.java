package dev.rlhf.driver.report;

import java.util.List;
import java.util.Set;

/**
 * A chart the page knows how to explain.
 *
 * @param title what it shows
 * @param words what it means and what a healthy curve looks like
 * @param form how it is drawn
 * @param lines the numbers in it
 * @param families stages it is meant for
 */
record ChartKind(String title, String words, ChartForm form, List<Line> lines, Set<StageFamily> families) {
    /**
     * A line of a chart.
     *
     * @param label what the legend calls it
     * @param metric its name in metrics.jsonl
     */
    record Line(String label, String metric) {}

    ChartKind {
        lines = List.copyOf(lines);
        families = Set.copyOf(families);
    }

    static ChartKind of(String title, ChartForm form, String metric, String words) {
        return new ChartKind(title, words, form, List.of(new Line(title, metric)), Set.of(StageFamily.values()));
    }

    static ChartKind of(String title, ChartForm form, List<Line> lines, String words) {
        return new ChartKind(title, words, form, lines, Set.of(StageFamily.values()));
    }

    ChartKind only(StageFamily family) {
        return new ChartKind(title, words, form, lines, Set.of(family));
    }
}
