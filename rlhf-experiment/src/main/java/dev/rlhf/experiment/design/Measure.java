package dev.rlhf.experiment.design;

import dev.rlhf.core.base.Block;

/**
 * One number of each run of a part.
 *
 * @param name name by which comparisons refer to it
 * @param words what the report calls it, with its unit
 * @param part the part whose runs have it
 * @param stage the stage of the recipe that has it
 * @param number its key in the run's evaluations.jsonl, or in metrics.jsonl where it does not begin with {@code eval_}
 * @param at when: the first evaluation or the last; of metrics, the mean of the first or last ten steps
 */
@Block("measure")
public record Measure(String name, String words, String part, String stage, String number, At at) {
    private static final String EVALUATION = "eval_";

    /** When in a stage a number is taken. */
    public enum At {
        /** Before the first step. */
        START,
        /** After the last step. */
        END
    }

    /** Whether it is a number of evaluations. */
    public boolean isEvaluated() {
        return number.startsWith(EVALUATION);
    }
}
