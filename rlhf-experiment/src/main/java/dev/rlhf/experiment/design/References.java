package dev.rlhf.experiment.design;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.RlhfException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the pieces of an experiment say of each other. */
record References(Experiment experiment) {
    private static final Pattern MARK = Pattern.compile("\\{([A-Za-z][A-Za-z0-9.+_=-]*)}");

    /** Throws USER naming the key that points to nothing. */
    void check() {
        List<Part> parts = experiment.parts();
        Names.requireDistinct(parts.stream().map(Part::name).toList(), "parts");
        Names.requireDistinct(experiment.factors().stream().map(Factor::name).toList(), "factors");
        Names.requireDistinct(experiment.measures().stream().map(Measure::name).toList(), "measures");
        experiment
                .factors()
                .forEach(factor -> require("factors." + factor.name() + ".part", () -> experiment.part(factor.part())));
        for (int i = 0; i < parts.size(); i++) {
            check(parts.get(i), parts.subList(0, i));
        }
        experiment
                .measures()
                .forEach(measure ->
                        require("measures." + measure.name() + ".part", () -> experiment.part(measure.part())));
        KeyException.require(
                !experiment.comparisons().isEmpty(), "comparisons", "must name at least one, or nothing is asked");
        for (int i = 0; i < experiment.comparisons().size(); i++) {
            check(experiment.comparisons().get(i), "comparisons[" + i + "]");
        }
        for (int i = 0; i < experiment.curves().size(); i++) {
            Curve curve = experiment.curves().get(i);
            String key = "curves[" + i + "]";
            require(key + ".part", () -> experiment.part(curve.part()));
            requireFactors(curve.by(), experiment.part(curve.part()), key + ".by");
        }
    }

    private void check(Part part, List<Part> earlier) {
        String key = "parts." + part.name();
        Names.requireFit(part.name(), key + ".name");
        part.factors().forEach(name -> require(key + ".factors", () -> experiment.factor(name)));
        experiment.factors().stream()
                .filter(factor -> factor.part().equals(part.name()))
                .forEach(factor -> KeyException.require(
                        part.factors().contains(factor.name()),
                        key + ".factors",
                        "must name " + factor.name() + ", whose levels are settings of this part"));
        for (String setting : part.settings()) {
            Matcher mark = MARK.matcher(setting);
            while (mark.find()) {
                String name = mark.group(1);
                require(key + ".settings", () -> experiment.part(name));
            }
        }
        for (Part used : pointedTo(part, experiment.parts())) {
            KeyException.require(
                    earlier.contains(used), key + ".settings", "must not point to '" + used.name() + "', a later part");
            KeyException.require(
                    part.factors().containsAll(used.factors()),
                    key + ".factors",
                    "must have the factors of '" + used.name() + "', which its settings point to: " + used.factors());
        }
    }

    private void check(Comparison comparison, String key) {
        require(key + ".measure", () -> experiment.measure(comparison.measure()));
        Part part = experiment.part(experiment.measure(comparison.measure()).part());
        requireFactors(comparison.by(), part, key + ".by");
        comparison.restrictions().forEach((factor, level) -> {
            requireFactors(List.of(factor), part, key + ".where");
            require(key + ".where", () -> experiment.factor(factor).level(level));
        });
        require(key, () -> comparison.columns(experiment));
        KeyException.require(
                comparison.columns(experiment).stream().distinct().count() > 1,
                key,
                "must compare two things, and has only "
                        + comparison.columns(experiment).get(0).name());
        for (Comparison.Column column : comparison.columns(experiment)) {
            column.levels()
                    .keySet()
                    .forEach(factor -> KeyException.require(
                            !comparison.restrictions().containsKey(factor)
                                    && !comparison.by().contains(factor),
                            key + ".over",
                            "must not be held fast by 'by' or 'where': " + factor));
            requireFactors(List.copyOf(column.levels().keySet()), part, key + ".over");
            require(key + ".from", () -> experiment.measure(column.measure()));
            KeyException.require(
                    experiment.measure(column.measure()).part().equals(part.name()),
                    key + ".from",
                    "must be a measure of the part " + part.name());
        }
    }

    private void requireFactors(List<String> names, Part part, String key) {
        for (String name : names) {
            require(key, () -> experiment.factor(name));
            KeyException.require(
                    part.factors().contains(name),
                    key,
                    "must name a factor of part " + part.name() + ": " + part.factors() + ", not '" + name + "'");
        }
    }

    private static void require(String key, Runnable lookup) {
        try {
            lookup.run();
        } catch (RlhfException missing) {
            throw new KeyException(key, "points to nothing: " + missing.getMessage());
        }
    }

    /** How a setting names the directory of a part's run. */
    static String mark(Part part) {
        return "{" + part.name() + "}";
    }

    /** The parts whose runs the settings of {@code part} point to. */
    static List<Part> pointedTo(Part part, List<Part> parts) {
        List<Part> used = new ArrayList<>();
        for (Part other : parts) {
            if (part.settings().stream().anyMatch(setting -> setting.contains(mark(other)))) {
                used.add(other);
            }
        }
        return used;
    }

    /** The one of a name; throws USER naming those there are. */
    static <T> T named(List<T> all, Function<T, String> name, String what, String wanted) {
        return all.stream()
                .filter(one -> name.apply(one).equals(wanted))
                .findFirst()
                .orElseThrow(
                        () -> Names.unknown(what, wanted, all.stream().map(name).toList()));
    }
}
