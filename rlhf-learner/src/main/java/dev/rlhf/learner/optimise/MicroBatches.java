package dev.rlhf.learner.optimise;

import dev.rlhf.core.base.TokenSequence;
import java.util.ArrayList;
import java.util.List;

/** Cuts rows into parts that are computed side by side, and those into runs that fit a token budget. */
public final class MicroBatches {
    private MicroBatches() {}

    /**
     * A run of rows, {@code [first, end)}.
     *
     * @param first index of its first row
     * @param end index after its last row
     */
    public record Slice(int first, int end) {
        /** Its rows among {@code rows}. */
        public <T> List<T> of(List<T> rows) {
            return rows.subList(first, end);
        }
    }

    /**
     * Cuts {@code rows} in order into parts of about as many tokens each.
     *
     * @param count most parts, at least 1
     * @param rowsPerUnit rows that stay together
     */
    public static List<Slice> parts(List<TokenSequence> rows, int count, int rowsPerUnit) {
        long all = rows.stream().mapToLong(TokenSequence::length).sum();
        List<Slice> parts = new ArrayList<>();
        long reached = 0;
        int first = 0;
        for (int row = 0; row < rows.size(); row += rowsPerUnit) {
            int end = Math.min(rows.size(), row + rowsPerUnit);
            reached += rows.subList(row, end).stream()
                    .mapToLong(TokenSequence::length)
                    .sum();
            if (reached * count >= all * (parts.size() + 1)) {
                parts.add(new Slice(first, end));
                first = end;
            }
        }
        return parts;
    }

    /**
     * Cuts a part in order into the longest runs whose rectangle (rows × longest row) stays within {@code tokens}.
     *
     * @param tokens most tokens of a run, padding included; one unit always goes through
     * @param rowsPerUnit rows that stay together
     */
    public static List<Slice> of(List<TokenSequence> rows, Slice part, int tokens, int rowsPerUnit) {
        return of(rows.subList(part.first(), part.end()), tokens, rowsPerUnit).stream()
                .map(run -> new Slice(part.first() + run.first(), part.first() + run.end()))
                .toList();
    }

    private static List<Slice> of(List<TokenSequence> rows, int tokens, int rowsPerUnit) {
        List<Slice> slices = new ArrayList<>();
        int first = 0;
        int longest = 0;
        for (int row = 0; row < rows.size(); row += rowsPerUnit) {
            int end = Math.min(rows.size(), row + rowsPerUnit);
            int unit = rows.subList(row, end).stream()
                    .mapToInt(TokenSequence::length)
                    .max()
                    .orElse(0);
            int grown = Math.max(longest, unit);
            if (row > first && (long) grown * (end - first) > tokens) {
                slices.add(new Slice(first, row));
                first = row;
                grown = unit;
            }
            longest = grown;
        }
        if (first < rows.size()) {
            slices.add(new Slice(first, rows.size()));
        }
        return slices;
    }
}
