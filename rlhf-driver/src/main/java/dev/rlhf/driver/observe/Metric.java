package dev.rlhf.driver.observe;

import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a number; empty where there is nothing to say.
 *
 * @param key its key in {@code metrics.jsonl}; with "/" and a family or a kind of stages, what it means there; with "*" at its end, that of
 *     each of several parts; empty for what only Prometheus gets
 * @param part the label by which Prometheus tells the parts of a number; empty for a number of one
 * @param name its name for Prometheus; empty for a number that another entry exports
 * @param type Prometheus' type: gauge, counter, histogram or info
 * @param help what it is, a sentence or two
 * @param healthy how it looks when all is well, to be read after "Healthy:"
 * @param title of its chart; empty for a number that has none of its own
 * @param line what it is called in a chart with several lines
 * @param form how it is drawn and written: {@code number}, {@code share} or {@code stacked-seconds}
 * @param label what the console calls it
 * @param column what tables call it
 * @param tip said of its column in the report
 * @param zero what else is said when it is zero but for rounding
 * @param action what to do when it is not healthy
 * @param above a number above which it is not healthy; empty where that depends
 * @param below a number below which it is not healthy; empty where that depends
 */
public record Metric(
        String key,
        String part,
        String name,
        String type,
        String help,
        String healthy,
        String title,
        String line,
        String form,
        String label,
        String column,
        String tip,
        String zero,
        String action,
        String above,
        String below) {
    /** Puts in what goes without saying. */
    public Metric {
        type = type.isEmpty() ? "gauge" : type;
        line = line.isEmpty() ? title : line;
        form = form.isEmpty() ? "number" : form;
        column = column.isEmpty() ? label : column;
    }

    /** The number above which it is not healthy, if there is one. */
    public OptionalDouble most() {
        return bound(above);
    }

    /** The number below which it is not healthy, if there is one. */
    public OptionalDouble least() {
        return bound(below);
    }

    private static OptionalDouble bound(String number) {
        return number.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(number));
    }

    /** Both sentences. */
    public String words() {
        return help + " Healthy: " + healthy;
    }

    /** Whether it is a share in [0, 1], which people read in per cent. */
    public boolean isShare() {
        return form.equals("share");
    }

    /** Its key without a family or a kind of stages. */
    public String number() {
        return key.replaceFirst("/.*", "");
    }

    /** The part of this number that stands under {@code key}, e.g. {@code exact-match}; empty for any other key. */
    Optional<String> partUnder(String key) {
        String common = number().replaceFirst("\\*$", "");
        return !part.isEmpty() && key.startsWith(common)
                ? Optional.of(key.substring(common.length()).replace('_', '-'))
                : Optional.empty();
    }

    /** A value as people read it, with what it was {@code before}, if that is known: "12.5 -> 43.0 %", "0.302". */
    String text(@Nullable Double before, double value) {
        return isShare() ? Figures.share(before, value) : Figures.number(before, value);
    }
}
