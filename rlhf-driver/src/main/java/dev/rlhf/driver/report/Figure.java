package dev.rlhf.driver.report;

import dev.rlhf.experiment.statistics.Interval;
import java.util.List;

/**
 * Means with their 95 % intervals, as a picture shows them.
 *
 * @param name name of its file, without its ending
 * @param title what it shows
 * @param words what is to be said of it
 * @param x what runs along it, with its unit
 * @param y what is measured, with its unit; empty where the lines differ in it
 * @param categories names of the places along x, in order; empty where x is a number
 * @param lines what is drawn
 */
record Figure(String name, String title, String words, String x, String y, List<String> categories, List<Line> lines) {
    /** Keeps its own copies. */
    Figure {
        categories = List.copyOf(categories);
        lines = List.copyOf(lines);
    }

    /**
     * One line.
     *
     * @param label what the legend calls it
     * @param colour number of its colour, from 0
     * @param dash number of its pattern, from 0
     * @param points what it joins
     */
    record Line(String label, int colour, int dash, List<Point> points) {
        /** Keeps its own copy. */
        Line {
            points = List.copyOf(points);
        }
    }

    /**
     * One point.
     *
     * @param x where it stands; a category's number, from 0
     * @param mean mean over the seeds, and its interval
     */
    record Point(double x, Interval mean) {}

    /** The file's place beside the page. */
    String path() {
        return "figures/" + name + ".svg";
    }

    /** Whether its places are names, not numbers. */
    boolean isOfCategories() {
        return !categories.isEmpty();
    }
}
