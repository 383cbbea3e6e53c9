package dev.rlhf.driver.report;

import dev.rlhf.driver.observe.Metric;
import java.util.List;

/**
 * A row of the final table.
 *
 * @param anchor id of the stage's section; empty where there is none
 * @param name the stage
 * @param kind its kind in the recipe
 * @param steps steps done, of how many while it is under way
 * @param cells a number a column
 * @param time wall time
 */
record ResultRow(String anchor, String name, String kind, String steps, List<Cell> cells, String time) {
    /**
     * What a stage came to in one number.
     *
     * @param metric which one
     * @param text as written
     * @param percent of a share, the length of its bar, in [0, 100]
     * @param note what it was before, or what was won; empty where that cannot be told
     */
    record Cell(Metric metric, String text, int percent, String note) {}
}
