package dev.rlhf.experiment.result;

import dev.rlhf.experiment.design.Comparison.Expectation;
import dev.rlhf.experiment.statistics.Conclusion;
import dev.rlhf.experiment.statistics.Contrast;
import dev.rlhf.experiment.statistics.Interval;
import java.util.List;
import java.util.Map;

/**
 * What the data say to a comparison, for one combination of levels.
 *
 * @param comparison the comparison's place in the experiment
 * @param levels the combination
 * @param columns names of what was compared, in order
 * @param means mean over the seeds of each column
 * @param contrast rise from column to column
 * @param adjusted probability of such a rise by chance, after Holm over all of the experiment's comparisons
 * @param expect what the theory says
 */
public record Finding(
        int comparison,
        Map<String, String> levels,
        List<String> columns,
        List<Interval> means,
        Contrast contrast,
        double adjusted,
        Expectation expect) {
    /** Keeps its own copies. */
    public Finding {
        levels = Map.copyOf(levels);
        columns = List.copyOf(columns);
        means = List.copyOf(means);
    }

    /** What follows. */
    public Conclusion conclusion() {
        return Conclusion.of(contrast.slope(), adjusted);
    }

    /** Whether the theory is borne out, contradicted, or neither. */
    public Standing standing() {
        Conclusion found = conclusion();
        if (found == Conclusion.CANNOT_TELL || expect == Expectation.NONE) {
            return Standing.OPEN;
        }
        return found.name().equals(expect.name()) ? Standing.BORNE_OUT : Standing.CONTRADICTED;
    }

    /** How a theory stands beside data. */
    public enum Standing {
        /** The data show what it says. */
        BORNE_OUT,
        /** The data show the contrary. */
        CONTRADICTED,
        /** The data do not tell, or it says nothing. */
        OPEN
    }
}
