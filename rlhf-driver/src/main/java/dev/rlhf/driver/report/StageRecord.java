package dev.rlhf.driver.report;

import dev.rlhf.core.run.Evaluation;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.observe.StageResult;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stage as the run's files tell it.
 *
 * @param recipe what it was asked to do
 * @param result what it came to, or empty when the run has not finished
 * @param steps numbers of each step, in order
 * @param evaluations numbers of each evaluation, in order; step 0 is that before the first step
 * @param samples completions kept for people, in order
 */
record StageRecord(
        StageRecipe recipe,
        Optional<StageResult> result,
        List<StepNumbers> steps,
        List<StepNumbers> evaluations,
        List<StepSample> samples) {
    /** Steps whose mean stands for the end of a stage. */
    private static final int LAST = 10;

    StageRecord {
        steps = List.copyOf(steps);
        evaluations = List.copyOf(evaluations);
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
        return values(steps, name);
    }

    /** A number over {@code steps}; NaN where one has none. */
    static double[] values(List<StepNumbers> steps, String name) {
        return steps.stream()
                .mapToDouble(step -> step.values().getOrDefault(name, Double.NaN))
                .toArray();
    }

    /** What it came to; of a stage that has not finished, what can be told from its steps so far. */
    StageResult outcome() {
        return result.orElseGet(() -> new StageResult(
                recipe.name(),
                recipe.kind(),
                steps.size(),
                evaluated(Evaluation.ACCURACY),
                recent("reward_mean"),
                recent("kl"),
                evaluated(Evaluation.PAIR_ACCURACY),
                sum("time_step_s"),
                evaluatedBefore(Evaluation.ACCURACY),
                evaluatedBefore(Evaluation.PAIR_ACCURACY),
                evaluated(Evaluation.LOSS),
                evaluatedBefore(Evaluation.LOSS),
                null));
    }

    /** Sum of a number over all steps. */
    double sum(String name) {
        return steps.stream()
                .mapToDouble(step -> step.values().getOrDefault(name, 0.0))
                .sum();
    }

    /** A number of the last evaluation, or null. */
    private @Nullable Double evaluated(String name) {
        return evaluations.isEmpty()
                ? null
                : evaluations.get(evaluations.size() - 1).values().get(name);
    }

    /** A number of the evaluation before the first step, or null. */
    private @Nullable Double evaluatedBefore(String name) {
        return evaluations.stream()
                .filter(evaluation -> evaluation.step() == 0 && recipe.steps() > 0)
                .findFirst()
                .map(evaluation -> evaluation.values().get(name))
                .orElse(null);
    }

    /** Mean of a number over the last steps, or null. */
    private @Nullable Double recent(String name) {
        List<Double> values = steps.subList(Math.max(0, steps.size() - LAST), steps.size()).stream()
                .flatMap(step -> Optional.ofNullable(step.values().get(name)).stream())
                .toList();
        return values.isEmpty()
                ? null
                : (Double) values.stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElse(0);
    }
}
