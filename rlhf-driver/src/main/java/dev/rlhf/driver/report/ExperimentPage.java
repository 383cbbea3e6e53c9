package dev.rlhf.driver.report;

import dev.rlhf.driver.observe.Fact;
import dev.rlhf.driver.observe.Figures;
import dev.rlhf.experiment.design.Comparison;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Factor;
import dev.rlhf.experiment.design.Measure;
import dev.rlhf.experiment.design.Part;
import dev.rlhf.experiment.result.CellResult;
import dev.rlhf.experiment.result.Finding;
import dev.rlhf.experiment.result.Finding.Standing;
import dev.rlhf.experiment.result.Results;
import dev.rlhf.experiment.statistics.Conclusion;
import dev.rlhf.experiment.statistics.Contrast;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the report of an experiment shows; page and Markdown only lay it out.
 *
 * @param results the experiment and its numbers
 * @param assets styles
 * @param command what repeats it
 * @param comparisons figures of the comparisons
 * @param curves figures over training
 */
record ExperimentPage(
        Results results, PageAssets assets, String command, List<Picture> comparisons, List<Picture> curves) {
    /** The entry of {@link Results#times} that holds how long all runs took together, in seconds. */
    static final String SECONDS = "seconds";

    /** How findings are to be read. */
    static final String METHOD =
            "Each seed has a slope of its own from column to column; the change is their mean, its interval Student's, of"
                    + " this comparison alone; p is the probability of such a mean by chance, after Holm's correction for the number of"
                    + " comparisons, and below 0.05 it is believed. Sizes are in standard deviations of the seeds' slopes.";

    private static final String NONE = "–";

    /**
     * A table.
     *
     * @param title over it; empty where there is nothing to say
     * @param heads the columns
     * @param rows a text a column
     */
    record Table(String title, List<String> heads, List<List<String>> rows) {}

    /**
     * A figure with its picture.
     *
     * @param figure what it shows
     * @param svg the picture
     */
    record Picture(Figure figure, String svg) {
        static List<Picture> of(List<Figure> figures) {
            return figures.stream()
                    .map(figure -> new Picture(figure, FigureDrawing.svg(figure)))
                    .toList();
        }
    }

    static ExperimentPage of(Results results, String command) {
        ExperimentFigures figures = new ExperimentFigures(results);
        return new ExperimentPage(
                results,
                PageAssets.withoutScript(),
                command,
                Picture.of(figures.comparisons()),
                Picture.of(figures.curves()));
    }

    Experiment experiment() {
        return results.experiment();
    }

    Answer answer() {
        return new Answer(results);
    }

    /** What was done, in short. */
    List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("runs", runCount()));
        facts.add(new Fact(
                "seeds", experiment().seeds().stream().map(String::valueOf).collect(Collectors.joining(", "))));
        new TreeMap<>(results.times()).forEach((name, value) -> facts.add(time(name, value)));
        return facts;
    }

    private String runCount() {
        int all = results.cells().size();
        return failures().isEmpty() ? String.valueOf(all) : all - failures().size() + " of " + all;
    }

    private static Fact time(String name, Object value) {
        return name.equals(SECONDS) && value instanceof Number seconds
                ? new Fact("time of all runs", Figures.unbroken(Figures.duration(seconds.doubleValue())))
                : new Fact(name.replace('_', ' '), String.valueOf(value));
    }

    /** Runs that failed, in sentences. */
    List<String> failures() {
        return results.cells().stream()
                .filter(run -> run.failure() != null)
                .map(run -> "The run " + run.cell().id() + " failed and is in no number: " + run.failure())
                .toList();
    }

    /** The recipes. */
    Table parts() {
        return new Table(
                "",
                List.of("part", "recipe", "varied", "runs", "settings"),
                experiment().parts().stream().map(this::part).toList());
    }

    private List<String> part(Part part) {
        return List.of(
                part.name(),
                String.valueOf(part.recipe().getFileName()),
                part.factors().isEmpty()
                        ? NONE
                        : part.factors().stream()
                                .map(name -> experiment().factor(name).words())
                                .collect(Collectors.joining(" × ")),
                String.valueOf(experiment().cells(part).size()),
                part.settings().isEmpty() ? NONE : String.join("; ", part.settings()));
    }

    /** What is varied. */
    Table factors() {
        return new Table(
                "",
                List.of("factor", "in part", "level", "settings"),
                experiment().factors().stream()
                        .flatMap(factor -> levels(factor).stream())
                        .toList());
    }

    private static List<List<String>> levels(Factor factor) {
        return factor.levels().stream()
                .map(level -> List.of(
                        factor.words(),
                        factor.part(),
                        level.name(),
                        level.settings().isEmpty() ? NONE : String.join("; ", level.settings())))
                .toList();
    }

    /** All findings. */
    Table findings() {
        return new Table(
                "",
                List.of(
                        "measure",
                        "compared",
                        "at",
                        "means (95 % interval)",
                        "change (95 % interval)",
                        "size (standard deviations)",
                        "p after Holm",
                        "conclusion",
                        "the theory says"),
                results.findings().stream().map(this::finding).toList());
    }

    private List<String> finding(Finding finding) {
        ExperimentWords words = new ExperimentWords(experiment());
        Comparison comparison = words.comparison(finding);
        NumberForm form = words.form(comparison);
        Contrast contrast = finding.contrast();
        String levels = words.levels(finding);
        List<String> columns = finding.columns();
        String bounds = Double.isNaN(contrast.low())
                ? ""
                : "\n(" + form.bounds(contrast.slope(), contrast.low(), contrast.high()) + ")";
        return List.of(
                words.measure(comparison),
                words.compared(comparison),
                levels.isEmpty() ? NONE : levels,
                IntStream.range(0, columns.size())
                        .mapToObj(i -> columns.get(i) + ": "
                                + Figures.unbroken(form.mean(finding.means().get(i))))
                        .collect(Collectors.joining("\n")),
                form.rise(contrast.slope(), contrast.low(), contrast.high())
                        + ExperimentWords.unit(comparison)
                        + Figures.unbroken(bounds),
                Double.isNaN(contrast.size())
                        ? NONE
                        : String.format(Locale.ROOT, "%+.1f", contrast.size()).replace('-', '−'),
                Figures.unbroken(Answer.probability(finding.adjusted())),
                conclusion(finding.conclusion()),
                Answer.expected(finding) + standing(finding.standing()));
    }

    private static String conclusion(Conclusion conclusion) {
        return switch (conclusion) {
            case RISES -> "rises";
            case FALLS -> "falls";
            case CANNOT_TELL -> "cannot tell";
        };
    }

    private static String standing(Standing standing) {
        return switch (standing) {
            case BORNE_OUT -> ": borne out";
            case CONTRADICTED -> ": contradicted";
            case OPEN -> "";
        };
    }

    /** Every run's numbers, a table a part that has any. */
    List<Table> runs() {
        return experiment().parts().stream().map(this::runs).toList();
    }

    private Table runs(Part part) {
        List<Measure> measures = experiment().measures().stream()
                .filter(measure -> measure.part().equals(part.name()))
                .toList();
        List<String> heads = new ArrayList<>();
        part.factors().forEach(name -> heads.add(experiment().factor(name).words()));
        heads.add("seed");
        measures.forEach(measure -> heads.add(measure.words()));
        heads.add("failure");
        return new Table(
                part.name(),
                heads,
                results.cells().stream()
                        .filter(run -> run.cell().part().equals(part.name()))
                        .map(run -> run(run, part, measures))
                        .toList());
    }

    private static List<String> run(CellResult run, Part part, List<Measure> measures) {
        List<String> row = new ArrayList<>();
        part.factors().forEach(name -> row.add(run.cell().levels().getOrDefault(name, NONE)));
        row.add(String.valueOf(run.cell().seed()));
        measures.forEach(measure -> {
            Double value = run.values().get(measure.name());
            row.add(value == null ? NONE : NumberForm.of(measure.number()).value(value));
        });
        row.add(run.failure() == null ? "" : run.failure());
        return row;
    }

    /** What the numbers came from, by name. */
    Map<String, String> inputs() {
        return new TreeMap<>(results.inputs());
    }
}
