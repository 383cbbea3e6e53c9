package dev.rlhf.driver.report;

import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.observe.StageResult;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * A stage as the run's files tell it.
 *
 * @param recipe what it was asked to do
 * @param result what it came to, or empty when the run has not finished
 * @param steps numbers of each step, in order
 * @param samples completions kept for people, in order
 */
record StageRecord(
        StageRecipe recipe, Optional<StageResult> result, List<StepNumbers> steps, List<StepSample> samples) {
    /** Steps whose mean stands for the end of a stage. */
    private static final int LAST = 10;

    StageRecord {
        steps = List.copyOf(steps);
        samples = List.copyOf(samples);
    }

    /** Every number that some step has. */
    Set<String> numbers() {
        Set<String> names = new LinkedHashSet<>();
        steps.forEach(step -> names.addAll(step.values().keySet()));
        return names;
    }

    /** A number over the steps; NaN where a step has none. */
    double[] values(String name) {
        return steps.stream()
                .mapToDouble(step -> step.values().getOrDefault(name, Double.NaN))
                .toArray();
    }

    /** Mean of a number over the last steps. */
    OptionalDouble recent(String name) {
        return steps.subList(Math.max(0, steps.size() - LAST), steps.size()).stream()
                .filter(step -> step.values().containsKey(name))
                .mapToDouble(step -> step.values().getOrDefault(name, Double.NaN))
                .average();
    }

    /** Sum of a number over all steps. */
    double sum(String name) {
        return steps.stream()
                .mapToDouble(step -> step.values().getOrDefault(name, 0.0))
                .sum();
    }
}
