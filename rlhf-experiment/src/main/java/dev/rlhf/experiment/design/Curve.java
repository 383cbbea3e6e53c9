package dev.rlhf.experiment.design;

import dev.rlhf.core.base.Block;
import java.util.List;

/**
 * A chart of numbers over a stage, a line for each combination of levels, with bands over seeds.
 *
 * @param title what it shows
 * @param words what to look for, in a sentence
 * @param part the part whose runs are drawn
 * @param stage the stage of the recipe
 * @param numbers keys in evaluations.jsonl, a line each
 * @param by factors whose levels have lines of their own; over the others the mean is taken
 * @param axis what runs along the chart
 */
@Block("curve")
public record Curve(
        String title, String words, String part, String stage, List<String> numbers, List<String> by, Axis axis) {
    /** What runs along a chart. */
    public enum Axis {
        /** Training steps. */
        STEP,
        /** √KL(π ‖ π_ref) in √nats, along which Gao et al. 2022 (arXiv 2210.10760) draw over-optimisation. */
        ROOT_KL
    }

    /** Keeps its own copies. */
    public Curve {
        numbers = List.copyOf(numbers);
        by = List.copyOf(by);
    }
}
