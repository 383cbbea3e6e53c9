package dev.rlhf.driver.report;

import dev.rlhf.driver.observe.Metric;
import dev.rlhf.driver.observe.Metrics;
import dev.rlhf.experiment.design.Comparison;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Measure;
import dev.rlhf.experiment.design.Trend;
import dev.rlhf.experiment.result.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the pieces of an experiment are called in its report. */
record ExperimentWords(Experiment experiment) {
    private static final String EVALUATION = "eval_";

    Comparison comparison(Finding finding) {
        return experiment.comparisons().get(finding.comparison());
    }

    /** The measure that is compared, with its unit. */
    String measure(Comparison comparison) {
        return measured(comparison).words();
    }

    NumberForm form(Comparison comparison) {
        return NumberForm.of(measured(comparison).number());
    }

    private Measure measured(Comparison comparison) {
        return experiment.measure(comparison.measure());
    }

    /** How the columns of a comparison are called, in order: levels, or the measure and what it is held beside. */
    List<String> columns(Comparison comparison) {
        return comparison.columns(experiment).stream()
                .map(column -> column.name().equals(column.measure()) ? measure(column.measure()) : column.name())
                .toList();
    }

    /** What the columns are levels of; empty where a measure is held beside something. */
    String axis(Comparison comparison) {
        return comparison.columns(experiment).get(0).levels().keySet().stream()
                .map(factor -> experiment.factor(factor).words())
                .collect(Collectors.joining(", "));
    }

    /** A measure by its name. */
    String measure(String name) {
        return experiment.measure(name).words();
    }

    /** What is compared, e.g. {@code over β}, {@code from A to B}. */
    String compared(Comparison comparison) {
        return comparison
                .beside(experiment)
                .map(other -> "beside " + other)
                .orElseGet(() -> comparison.words(experiment));
    }

    /** What a slope is a rise by: from each level to the next where there are several. */
    static String unit(Comparison comparison) {
        return comparison instanceof Trend ? " a level" : "";
    }

    /** The levels that a finding holds for, restrictions first, e.g. {@code model small, β 0.1}; empty for all runs. */
    String levels(Finding finding) {
        return levels(held(finding));
    }

    /** The same for a legend. */
    String briefly(Finding finding) {
        return briefly(held(finding));
    }

    /** Of several factors the levels' names say enough, e.g. {@code small · 0.1}. */
    String briefly(Map<String, String> levels) {
        return levels.size() > 1 ? String.join(" · ", levels.values()) : levels(levels);
    }

    private Map<String, String> held(Finding finding) {
        Map<String, String> levels = new LinkedHashMap<>(comparison(finding).restrictions());
        comparison(finding).by().forEach(factor -> {
            String level = finding.levels().get(factor);
            if (level != null) {
                levels.put(factor, level);
            }
        });
        return levels;
    }

    /** Levels by factor in words. */
    String levels(Map<String, String> levels) {
        return levels.entrySet().stream()
                .map(entry -> experiment.factor(entry.getKey()).words() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }

    /** What a number of the run's files is called within a sentence. */
    static String number(String key) {
        return Metrics.of(key)
                .map(Metric::label)
                .filter(label -> !label.isEmpty())
                .orElseGet(() -> (key.startsWith(EVALUATION) ? "held-out " + key.substring(EVALUATION.length()) : key)
                        .replace('_', ' '));
    }

    /** As a sentence begins; β stays β. */
    static String capital(String text) {
        return !text.isEmpty() && text.charAt(0) >= 'a' && text.charAt(0) <= 'z'
                ? Character.toUpperCase(text.charAt(0)) + text.substring(1)
                : text;
    }
}
