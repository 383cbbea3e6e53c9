package dev.rlhf.experiment.design;

import dev.rlhf.config.Binder;
import dev.rlhf.config.Choices;
import dev.rlhf.config.Defaults;
import dev.rlhf.config.Document;
import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A question and how runs shall answer it.
 *
 * @param name name of the experiment
 * @param question what is asked, in a sentence
 * @param claim what the theory says, and where it says so
 * @param overturn what would overturn the conclusion, in a sentence
 * @param seeds seeds of the runs
 * @param parts recipes, each after those it builds on
 * @param factors what is varied
 * @param measures numbers of each run
 * @param comparisons what is asked of the numbers
 * @param curves charts over training
 * @param notes what a reader must know of the questions or of the answers, in sentences; the report has them beside the answers
 * @param full settings over this file for real hardware ({@code --full})
 */
@Block("experiment")
public record Experiment(
        String name,
        String question,
        String claim,
        String overturn,
        List<Integer> seeds,
        List<Part> parts,
        List<Factor> factors,
        List<Measure> measures,
        List<Comparison> comparisons,
        List<Curve> curves,
        List<String> notes,
        List<String> full) {
    /** Keeps its own copies; throws USER for an experiment without seeds or parts. */
    public Experiment {
        seeds = List.copyOf(seeds);
        parts = List.copyOf(parts);
        factors = List.copyOf(factors);
        measures = List.copyOf(measures);
        comparisons = List.copyOf(comparisons);
        curves = List.copyOf(curves);
        notes = List.copyOf(notes);
        full = List.copyOf(full);
        Names.requireFit(name, "name");
        KeyException.require(!seeds.isEmpty(), "seeds", "must name at least one seed");
        Names.requireDistinct(seeds.stream().map(String::valueOf).toList(), "seeds");
        KeyException.require(!parts.isEmpty(), "parts", "must name at least one part");
    }

    /**
     * Reads an experiment.
     *
     * @param file the YAML file
     * @param wholly whether its {@code full} settings hold
     * @param settings {@code key=value} settings over the file
     * @throws RlhfException USER naming file, line, key and what is allowed
     */
    public static Experiment read(Path file, boolean wholly, List<String> settings) {
        Document document = document(file, wholly);
        settings.forEach(setting -> document.set(setting, Path.of("").toAbsolutePath()));
        return of(file, document);
    }

    /** The file as it is to be bound, its {@code full} settings over it where they hold; throws USER naming file and line. */
    public static Document document(Path file, boolean wholly) {
        Document document = Document.read(file);
        if (wholly) {
            Experiment small = of(file, document);
            if (small.full().isEmpty()) {
                throw RlhfException.user(file + " has no 'full' settings; leave --full out");
            }
            small.full()
                    .forEach(setting ->
                            document.set(setting, file.resolveSibling("").toAbsolutePath()));
        }
        return document;
    }

    /** The experiment of a document; {@code file} is what messages call it. */
    public static Experiment of(Path file, Document document) {
        Experiment experiment =
                new Binder(Defaults.beside(Experiment.class), Choices.of(Map.of())).bind(Experiment.class, document);
        try {
            new References(experiment).check();
        } catch (KeyException mistake) {
            throw RlhfException.user(file + ": " + mistake.getMessage());
        }
        return experiment;
    }

    /** The same with other parts in their place. */
    public Experiment with(List<Part> others) {
        return new Experiment(
                name, question, claim, overturn, seeds, others, factors, measures, comparisons, curves, notes, full);
    }

    /** Every run, a part's runs after those it builds on. */
    public List<Cell> cells() {
        return parts.stream().flatMap(part -> cells(part).stream()).toList();
    }

    /** The runs of a part: seed by seed, so that a comparison within one seed can be made early. */
    public List<Cell> cells(Part part) {
        List<Cell> cells = new ArrayList<>();
        for (int seed : seeds) {
            for (Map<String, String> levels : combinations(part.factors())) {
                cells.add(new Cell(part.name(), levels, seed));
            }
        }
        return cells;
    }

    /** Every combination of the levels of these factors; one without levels for none. */
    public List<Map<String, String>> combinations(List<String> names) {
        List<Map<String, String>> combinations = List.of(Map.of());
        for (String factor : names) {
            List<Map<String, String>> longer = new ArrayList<>();
            for (Map<String, String> before : combinations) {
                for (String level : factor(factor).levelNames()) {
                    Map<String, String> more = new LinkedHashMap<>(before);
                    more.put(factor, level);
                    longer.add(more);
                }
            }
            combinations = longer;
        }
        return combinations;
    }

    /** The runs that must be done before this one: those its part's settings point to. */
    public List<Cell> before(Cell cell) {
        return References.pointedTo(part(cell.part()), parts).stream()
                .map(cell::of)
                .toList();
    }

    /**
     * The settings of a run: its part's, those of its levels, and its seed.
     *
     * @param directory the directory of a run that this one builds on
     */
    public List<String> settings(Cell cell, Function<Cell, Path> directory) {
        Part part = part(cell.part());
        List<String> settings = new ArrayList<>(part.settings());
        cell.levels().forEach((name, level) -> {
            Factor factor = factor(name);
            if (factor.part().equals(part.name())) {
                settings.addAll(factor.level(level).settings());
            }
        });
        List<Part> used = References.pointedTo(part, parts);
        for (Part earlier : used) {
            String path = directory.apply(cell.of(earlier)).toString();
            settings.replaceAll(setting -> setting.replace(References.mark(earlier), path));
        }
        settings.add("seed=" + cell.seed());
        return settings;
    }

    /** A part by its name; throws USER naming those there are. */
    public Part part(String wanted) {
        return References.named(parts, Part::name, "part", wanted);
    }

    /** A factor by its name; throws USER naming those there are. */
    public Factor factor(String wanted) {
        return References.named(factors, Factor::name, "factor", wanted);
    }

    /** A measure by its name; throws USER naming those there are. */
    public Measure measure(String wanted) {
        return References.named(measures, Measure::name, "measure", wanted);
    }
}
