package dev.rlhf.driver.report;

import dev.rlhf.experiment.design.Comparison;
import dev.rlhf.experiment.design.Curve;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.result.CellResult;
import dev.rlhf.experiment.result.Finding;
import dev.rlhf.experiment.result.Results;
import dev.rlhf.experiment.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The figures of an experiment; one that no run has numbers for is left out. */
final class ExperimentFigures {
    private static final String INTERVALS = "Means over the seeds, with 95 % intervals.";

    private final Results results;
    private final Experiment experiment;
    private final ExperimentWords words;

    ExperimentFigures(Results results) {
        this.results = results;
        this.experiment = results.experiment();
        this.words = new ExperimentWords(experiment);
    }

    /** The means that each comparison compares. */
    List<Figure> comparisons() {
        return IntStream.range(0, experiment.comparisons().size())
                .mapToObj(this::comparison)
                .filter(figure -> !figure.lines().isEmpty())
                .toList();
    }

    /** Numbers over training. */
    List<Figure> curves() {
        return IntStream.range(0, experiment.curves().size())
                .mapToObj(this::curve)
                .filter(figure -> !figure.lines().isEmpty())
                .toList();
    }

    private Figure comparison(int index) {
        Comparison comparison = experiment.comparisons().get(index);
        NumberForm form = words.form(comparison);
        List<Finding> findings = results.findings().stream()
                .filter(finding -> finding.comparison() == index)
                .toList();
        String measure = ExperimentWords.capital(words.measure(comparison));
        return new Figure(
                "comparison-" + (index + 1),
                measure + (measure.contains(",") ? ", " : " ") + words.compared(comparison),
                INTERVALS,
                words.axis(comparison),
                // What is held beside each other stands along the axis.
                comparison.beside(experiment).isPresent() ? form.unit().strip() : measure + percent(form),
                words.columns(comparison),
                IntStream.range(0, findings.size())
                        .mapToObj(i -> line(findings.get(i), i, form))
                        .toList());
    }

    private static String percent(NumberForm form) {
        return form.unit().isBlank() ? "" : "," + form.unit();
    }

    private Figure.Line line(Finding finding, int index, NumberForm form) {
        List<Figure.Point> points = IntStream.range(0, finding.means().size())
                .mapToObj(i -> new Figure.Point(i, scaled(finding.means().get(i), form)))
                .toList();
        return new Figure.Line(words.briefly(finding), index, 0, points);
    }

    private static Interval scaled(Interval mean, NumberForm form) {
        double factor = form.factor();
        return new Interval(factor * mean.mean(), factor * mean.low(), factor * mean.high(), mean.values());
    }

    private Figure curve(int index) {
        Curve curve = experiment.curves().get(index);
        List<Map<String, String>> combinations = experiment.combinations(curve.by());
        List<Figure.Line> lines = new ArrayList<>();
        for (int c = 0; c < combinations.size(); c++) {
            for (int n = 0; n < curve.numbers().size(); n++) {
                String number = curve.numbers().get(n);
                List<Figure.Point> points =
                        points(curve, CellResult.key(index, number), combinations.get(c), form(curve));
                if (!points.isEmpty()) {
                    boolean isAlone = combinations.size() == 1;
                    lines.add(new Figure.Line(
                            label(curve, combinations.get(c), number), isAlone ? n : c, isAlone ? 0 : n, points));
                }
            }
        }
        String y = curve.numbers().size() == 1
                ? ExperimentWords.number(curve.numbers().get(0))
                : "";
        return new Figure(
                "curve-" + (index + 1),
                curve.title(),
                curve.words() + " " + INTERVALS,
                axis(curve),
                y.isEmpty() ? form(curve).unit().strip() : ExperimentWords.capital(y) + percent(form(curve)),
                List.of(),
                lines);
    }

    private static String axis(Curve curve) {
        return switch (curve.axis()) {
            case STEP -> "training steps";
            case ROOT_KL -> "√KL to the reference, √nats";
        };
    }

    /** Lines of one picture have one scale: per cent where every number is a share. */
    private static NumberForm form(Curve curve) {
        List<NumberForm> forms =
                curve.numbers().stream().map(NumberForm::of).distinct().toList();
        return forms.size() == 1 ? forms.get(0) : NumberForm.of("");
    }

    private String label(Curve curve, Map<String, String> levels, String number) {
        String combination = words.briefly(levels);
        if (curve.numbers().size() == 1) {
            return combination;
        }
        String name = ExperimentWords.number(number);
        return combination.isEmpty() ? ExperimentWords.capital(name) : combination + ": " + name;
    }

    /** Means at the steps that every seed has, in their order. */
    private List<Figure.Point> points(Curve curve, String key, Map<String, String> levels, NumberForm form) {
        List<List<CellResult.Point>> seeds = experiment.seeds().stream()
                .map(seed -> results.cells().stream()
                        .filter(run -> run.cell().part().equals(curve.part())
                                && run.cell().seed() == seed
                                && run.cell().has(levels))
                        .map(run -> run.curves().get(key))
                        .toList())
                .map(ExperimentFigures::mean)
                .filter(points -> !points.isEmpty())
                .toList();
        return shared(seeds).stream()
                .map(step -> {
                    List<CellResult.Point> at = at(seeds, step);
                    double x = at.stream()
                            .mapToDouble(CellResult.Point::x)
                            .average()
                            .orElseThrow();
                    double[] values =
                            at.stream().mapToDouble(CellResult.Point::value).toArray();
                    return new Figure.Point(x, scaled(Interval.of(values), form));
                })
                .toList();
    }

    /** The mean of a seed's runs; no points where one of them has none, since the others alone would be another mean. */
    private static List<CellResult.Point> mean(List<@Nullable List<CellResult.Point>> runs) {
        if (runs.isEmpty() || runs.stream().anyMatch(Objects::isNull)) {
            return List.of();
        }
        List<List<CellResult.Point>> whole =
                runs.stream().map(Objects::requireNonNull).toList();
        return shared(whole).stream()
                .map(step -> {
                    List<CellResult.Point> at = at(whole, step);
                    return new CellResult.Point(
                            step,
                            at.stream()
                                    .mapToDouble(CellResult.Point::x)
                                    .average()
                                    .orElseThrow(),
                            at.stream()
                                    .mapToDouble(CellResult.Point::value)
                                    .average()
                                    .orElseThrow());
                })
                .toList();
    }

    private static Set<Integer> shared(List<List<CellResult.Point>> curves) {
        Set<Integer> steps = new TreeSet<>();
        curves.forEach(curve -> curve.forEach(point -> steps.add(point.step())));
        curves.forEach(curve ->
                steps.retainAll(curve.stream().map(CellResult.Point::step).toList()));
        return steps;
    }

    private static List<CellResult.Point> at(List<List<CellResult.Point>> curves, int step) {
        return curves.stream()
                .map(curve -> curve.stream()
                        .filter(point -> point.step() == step)
                        .findFirst()
                        .orElseThrow())
                .toList();
    }
}
