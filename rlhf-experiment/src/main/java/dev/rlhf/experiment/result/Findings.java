package dev.rlhf.experiment.result;

import dev.rlhf.experiment.design.Comparison;
import dev.rlhf.experiment.design.Comparison.Column;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.statistics.Contrast;
import dev.rlhf.experiment.statistics.Holm;
import dev.rlhf.experiment.statistics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Puts an experiment's comparisons to its numbers. */
public final class Findings {
    private static final int FEWEST_COLUMNS = 2;

    private final Experiment experiment;
    private final List<CellResult> results;

    private Findings(Experiment experiment, List<CellResult> results) {
        this.experiment = experiment;
        this.results = results;
    }

    /** A finding for each comparison and each combination of its levels that has a seed with every column. */
    public static List<Finding> of(Experiment experiment, List<CellResult> results) {
        Findings findings = new Findings(experiment, results);
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < experiment.comparisons().size(); i++) {
            found.addAll(findings.compare(i, experiment.comparisons().get(i)));
        }
        double[] adjusted = Holm.adjust(
                found.stream().mapToDouble(finding -> finding.contrast().p()).toArray(), asked(experiment));
        return IntStream.range(0, adjusted.length)
                .mapToObj(i -> adjusted(found.get(i), adjusted[i]))
                .toList();
    }

    /** How many comparisons the experiment asks for, each combination of levels being one. */
    public static int asked(Experiment experiment) {
        return experiment.comparisons().stream()
                .mapToInt(comparison -> combinations(experiment, comparison).size())
                .sum();
    }

    /** The combinations of levels that a comparison asks about, each of which fits its restrictions. */
    public static List<Map<String, String>> combinations(Experiment experiment, Comparison comparison) {
        Map<String, String> fast = comparison.restrictions();
        return experiment.combinations(comparison.by()).stream()
                .filter(levels -> levels.entrySet().stream()
                        .allMatch(entry -> fast.getOrDefault(entry.getKey(), entry.getValue())
                                .equals(entry.getValue())))
                .toList();
    }

    private static Finding adjusted(Finding finding, double probability) {
        return new Finding(
                finding.comparison(),
                finding.levels(),
                finding.columns(),
                finding.means(),
                finding.contrast(),
                probability,
                finding.expect());
    }

    private List<Finding> compare(int index, Comparison comparison) {
        List<Column> columns = comparison.columns(experiment);
        List<Finding> found = new ArrayList<>();
        for (Map<String, String> levels : combinations(experiment, comparison)) {
            Map<String, String> wanted = new LinkedHashMap<>(comparison.restrictions());
            wanted.putAll(levels);
            double[][] rows = experiment.seeds().stream()
                    .map(seed -> row(columns, wanted, seed))
                    .filter(row -> row.length == columns.size())
                    .toArray(double[][]::new);
            if (rows.length > 0 && columns.size() >= FEWEST_COLUMNS) {
                found.add(new Finding(
                        index,
                        levels,
                        columns.stream().map(Column::name).toList(),
                        means(rows),
                        Contrast.of(rows),
                        Double.NaN,
                        comparison.expect()));
            }
        }
        return found;
    }

    /** The numbers of a seed, a column each; shorter where some run of a column has none. */
    private double[] row(List<Column> columns, Map<String, String> levels, long seed) {
        return columns.stream()
                .map(column -> value(column, levels, seed))
                .flatMapToDouble(OptionalDouble::stream)
                .toArray();
    }

    /** Mean over the runs of a seed that have the levels; empty when one of them has no such number. */
    private OptionalDouble value(Column column, Map<String, String> levels, long seed) {
        if (column.value().isPresent()) {
            return column.value();
        }
        Map<String, String> wanted = new LinkedHashMap<>(levels);
        wanted.putAll(column.levels());
        String part = experiment.measure(column.measure()).part();
        List<CellResult> runs = results.stream()
                .filter(result -> result.cell().part().equals(part)
                        && result.cell().seed() == seed
                        && result.cell().has(wanted))
                .toList();
        return runs.stream().allMatch(run -> run.values().containsKey(column.measure()))
                ? runs.stream()
                        .mapToDouble(run -> run.values().getOrDefault(column.measure(), Double.NaN))
                        .average()
                : OptionalDouble.empty();
    }

    private static List<Interval> means(double[][] rows) {
        return IntStream.range(0, rows[0].length)
                .mapToObj(column -> Interval.of(IntStream.range(0, rows.length)
                        .mapToDouble(row -> rows[row][column])
                        .toArray()))
                .toList();
    }
}
