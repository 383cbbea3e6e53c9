package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Leaves out, cuts or refuses what is too long.
 *
 * @param source what messages call the data
 * @param tooLong what becomes of rows that are too long
 * @param remedies what helps where they are refused
 */
record TokenBudget(String source, TooLong tooLong, String remedies) {
    /** For the rows of a file. */
    static TokenBudget ofFile(Path file, TooLong tooLong) {
        return new TokenBudget(
                file.toString(),
                tooLong,
                "set too-long of these data to drop or truncate, or choose a model with a longer context");
    }

    /** For what is made on the spot, which is never too long unless the recipe is wrong. */
    static TokenBudget ofTask(String name) {
        return new TokenBudget(name, TooLong.REFUSE, "lower max-tokens or choose a model with a longer context");
    }

    /**
     * What a row comes to.
     *
     * @param <T> a prompt, a completion or a pair
     * @param place where the row stands
     * @param item what it is if it fits
     * @param complaint that it does not fit and why, or empty when it does
     * @param shortened what is left of it when it is cut, or empty when nothing can be learnt of the rest
     */
    record Candidate<T>(String place, T item, Optional<String> complaint, Supplier<Optional<T>> shortened) {}

    /** The examples of rows; throws USER when one is too long and that is to be refused, or when none is left. */
    <R, T> Loaded<T> load(List<R> rows, Function<R, Candidate<T>> reading) {
        List<T> items = new ArrayList<>();
        List<String> places = new ArrayList<>();
        List<String> complaints = new ArrayList<>();
        int truncated = 0;
        for (R row : rows) {
            Candidate<T> candidate = reading.apply(row);
            Optional<T> item = Optional.of(candidate.item());
            if (candidate.complaint().isPresent()) {
                complaints.add(candidate.place() + ": " + candidate.complaint().get());
                item = tooLong == TooLong.TRUNCATE ? candidate.shortened().get() : Optional.empty();
                truncated += item.isPresent() ? 1 : 0;
            }
            item.ifPresent(kept -> {
                items.add(kept);
                places.add(candidate.place());
            });
        }
        if (!complaints.isEmpty() && (tooLong == TooLong.REFUSE || items.isEmpty())) {
            throw refusal(complaints, rows.size());
        }
        return new Loaded<>(source, items, places, complaints.size() - truncated, truncated);
    }

    private RlhfException refusal(List<String> complaints, int rows) {
        String remedy = tooLong == TooLong.REFUSE ? remedies : "nothing is left";
        return RlhfException.user(complaints.get(0) + "; of " + rows + " rows " + complaints.size() + " "
                + (complaints.size() == 1 ? "is" : "are") + " too long: " + remedy);
    }
}
