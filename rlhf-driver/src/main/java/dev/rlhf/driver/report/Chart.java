package dev.rlhf.driver.report;

import dev.rlhf.driver.observe.Metric;
import java.util.List;

/**
 * A chart as it is planned.
 *
 * @param title what it shows
 * @param words what it means; empty when nobody has said
 * @param form how it is drawn, as the page's script knows it
 * @param lines the numbers in it, those included that the stage does not have
 */
record Chart(String title, String words, String form, List<Line> lines) {
    /** How {@code words.yaml} calls the form of seconds of a step, one phase upon the other. */
    static final String STACKED = "stacked-seconds";

    /**
     * A line of a chart.
     *
     * @param label what the legend calls it
     * @param number its key in metrics.jsonl
     */
    record Line(String label, String number) {}

    /** The chart of some numbers under the title and the words of the first of them. */
    static Chart of(List<Metric> metrics, List<Line> lines) {
        Metric first = metrics.get(0);
        return new Chart(first.title(), first.words(), first.form(), lines);
    }

    /** A bare chart of a number that nobody has explained. */
    static Chart bare(String number) {
        String title = number.replace('_', ' ');
        return new Chart(title, "", "number", List.of(new Line(title, number)));
    }
}
