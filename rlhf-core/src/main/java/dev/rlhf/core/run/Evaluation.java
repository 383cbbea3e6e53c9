package dev.rlhf.core.run;

import dev.rlhf.core.base.WeightVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model measured on data it does not train on.
 *
 * @param step steps of its stage that the model had done, 0 for the model the stage starts from
 * @param version weights the generation servers held meanwhile
 * @param values numbers by name: {@link #ACCURACY}, {@link #PAIR_ACCURACY}, {@link #LOSS} and others, those there are
 * @param samples a few of the answers, to the same prompts each time
 */
public record Evaluation(int step, WeightVersion version, Map<String, Double> values, List<Sample> samples) {
    /** Mean of the evaluation's rule over held-out prompts. */
    public static final String ACCURACY = "eval_accuracy";

    /** Share of held-out pairs ranked right; a tie counts half. */
    public static final String PAIR_ACCURACY = "eval_pair_accuracy";

    /** The stage's loss over its held-out data. */
    public static final String LOSS = "eval_loss";

    /** Keeps its own copies. */
    public Evaluation {
        values = Map.copyOf(values);
        samples = List.copyOf(samples);
    }

    /** This one with another number. */
    public Evaluation with(String name, double value) {
        return with(Map.of(name, value));
    }

    /** This one with other numbers as well. */
    public Evaluation with(Map<String, Double> others) {
        Map<String, Double> more = new LinkedHashMap<>(values);
        more.putAll(others);
        return new Evaluation(step, version, more, samples);
    }

    /** This one without its samples. */
    public Evaluation numbers() {
        return new Evaluation(step, version, values, List.of());
    }

    /** A number, or null when it was not measured. */
    public @Nullable Double value(String name) {
        return values.get(name);
    }

    /** Whether this model is to be preferred: by accuracy, at a tie by pairs, then by loss; an equal one is not. */
    public boolean betterThan(Evaluation other) {
        for (String name : List.of(ACCURACY, PAIR_ACCURACY, LOSS)) {
            Double mine = values.get(name);
            Double others = other.values.get(name);
            if (mine != null && others != null && !mine.equals(others)) {
                return name.equals(LOSS) ? mine < others : mine > others;
            }
        }
        return false;
    }
}
