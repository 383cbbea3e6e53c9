package dev.rlhf.driver.data;

import java.util.List;
import java.util.Optional;

/**
 * Examples made of rows.
 *
 * @param <T> a prompt, a completion or a pair
 * @param source the file, or what the data are made of
 * @param items the examples, in the order of the rows
 * @param places where each stands, [items]
 * @param dropped rows left out because they are too long
 * @param truncated rows cut because they are too long
 */
public record Loaded<T>(String source, List<T> items, List<String> places, int dropped, int truncated) {
    /** Keeps its own copies. */
    public Loaded {
        items = List.copyOf(items);
        places = List.copyOf(places);
    }

    /** No examples. */
    public static <T> Loaded<T> none(String source) {
        return new Loaded<>(source, List.of(), List.of(), 0, 0);
    }

    /** Number of rows. */
    public int rows() {
        return items.size() + dropped;
    }

    /** What is to be said of rows that were too long. */
    public Optional<String> notice() {
        if (dropped + truncated == 0) {
            return Optional.empty();
        }
        return Optional.of(source + ": of " + rows() + " rows " + (dropped + truncated)
                + " are too long for the context; " + dropped + " left out, " + truncated + " cut");
    }
}
