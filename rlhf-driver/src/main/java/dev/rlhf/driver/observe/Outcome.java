package dev.rlhf.driver.observe;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One of the numbers a stage came to.
 *
 * @param metric which one, with its words
 * @param before what it was before the first step, or null
 * @param value what it is after the last, or null where the stage has no such number
 */
public record Outcome(
        Metric metric, @Nullable Double before, @Nullable Double value) {
    /** It as the console writes it: "12.5 -> 43.0 %"; empty where the stage has no such number. */
    Optional<String> text() {
        return Optional.ofNullable(value).map(after -> metric.text(before, after));
    }

    /** The same after its label: "held-out accuracy 12.5 -> 43.0 %". */
    Optional<String> sentence() {
        return text().map(text -> metric.label() + " " + text);
    }
}
