package dev.rlhf.config;

import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/**
 * A key of a block at some place of a document.
 *
 * @param name as a document writes it
 * @param component what takes its value
 * @param meaning what it means; empty where its record does not say
 * @param values what it may be, in words
 * @param otherwise what it is where a document leaves it out, in one line of YAML; null where it must be given
 */
record Key(
        String name,
        RecordComponent component,
        String meaning,
        String values,
        @Nullable String otherwise) {
    /** What is said instead of a default. */
    static final String MUST_BE_GIVEN = "none: it must be given";

    private static final String EMPTY_BLOCK = "{}";

    /** Its default as somebody is told it. */
    String otherwiseInWords() {
        return otherwise == null
                ? MUST_BE_GIVEN
                : otherwise.equals(EMPTY_BLOCK) ? "that of each of its keys" : otherwise;
    }
}
