package dev.rlhf.learner.optimise;

import dev.rlhf.core.base.TokenSequence;
import java.util.ArrayList;
import java.util.List;

/** Cuts rows into runs that fit a token budget. */
public final class MicroBatches {
    private MicroBatches() {}

    /**
     * A run of rows, {@code [first, end)}.
     *
     * @param first index of its first row
     * @param end index after its last row
     */
    public record Slice(int first, int end) {}

    /**
     * Cuts {@code rows} in order into the longest runs whose rectangle (rows × longest row) stays within {@code tokens}.
     *
     * @param tokens most tokens of a run, padding included; one unit always goes through
     * @param rowsPerUnit rows that stay together
     */
    public static List<Slice> of(List<TokenSequence> rows, int tokens, int rowsPerUnit) {
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
