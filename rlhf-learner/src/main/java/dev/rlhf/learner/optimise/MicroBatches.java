package dev.rlhf.learner.optimise;

import dev.rlhf.core.base.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts rows into parts that are computed side by side, and those into runs that fit a token budget. */
public final class MicroBatches {
    /** Groups from which on none of them is cut between parts. */
    private static final int EVEN = 8;

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
     * Cuts {@code rows} in order into parts of about as many positions each; rows of one prompt stay together where there are several.
     *
     * @param count most parts, at least 1
     * @param rowsPerUnit rows that stay together
     */
    public static List<Slice> parts(List<TokenSequence> rows, int count, int rowsPerUnit) {
        List<Slice> units = units(rows, rowsPerUnit);
        long all = units.stream().mapToLong(unit -> positions(rows, unit)).sum();
        List<Slice> parts = new ArrayList<>();
        long reached = 0;
        int first = 0;
        for (Slice unit : units) {
            reached += positions(rows, unit);
            if (reached * count >= all * (parts.size() + 1)) {
                parts.add(new Slice(first, unit.end()));
                first = unit.end();
            }
        }
        return parts;
    }

    /** What is not cut between parts: rows of one prompt, if there are enough prompts to share out evenly; else single units. */
    private static List<Slice> units(List<TokenSequence> rows, int rowsPerUnit) {
        List<Slice> units = new ArrayList<>();
        List<Slice> groups = new ArrayList<>();
        int first = 0;
        for (int row = 0; row < rows.size(); row += rowsPerUnit) {
            int end = Math.min(rows.size(), row + rowsPerUnit);
            units.add(new Slice(row, end));
            if (end == rows.size() || !samePrompt(rows.get(row), rows.get(end))) {
                groups.add(new Slice(first, end));
                first = end;
            }
        }
        return groups.size() >= EVEN ? groups : units;
    }

    /**
     * Cuts a part in order into the longest runs that have no more than {@code tokens} positions.
     *
     * @param tokens most positions of a run, a prompt that neighbours share counted once; one unit always goes through
     * @param rowsPerUnit rows that stay together
     */
    public static List<Slice> of(List<TokenSequence> rows, Slice part, int tokens, int rowsPerUnit) {
        List<Slice> slices = new ArrayList<>();
        int first = part.first();
        long reached = 0;
        for (int row = part.first(); row < part.end(); row += rowsPerUnit) {
            int end = Math.min(part.end(), row + rowsPerUnit);
            long more = positions(rows, new Slice(row, end));
            if (row > first && samePrompt(rows.get(row - 1), rows.get(row))) {
                more -= rows.get(row).promptLength();
            }
            if (row > first && reached + more > tokens) {
                slices.add(new Slice(first, row));
                first = row;
                reached = 0;
                more = positions(rows, new Slice(row, end));
            }
            reached += more;
        }
        if (first < part.end()) {
            slices.add(new Slice(first, part.end()));
        }
        return slices;
    }

    /** Positions of some rows, a prompt that neighbours share counted once. */
    private static long positions(List<TokenSequence> rows, Slice slice) {
        long sum = 0;
        for (int row = slice.first(); row < slice.end(); row++) {
            boolean shares = row > slice.first() && samePrompt(rows.get(row - 1), rows.get(row));
            sum += rows.get(row).length() - (shares ? rows.get(row).promptLength() : 0);
        }
        return sum;
    }

    private static boolean samePrompt(TokenSequence one, TokenSequence other) {
        int length = one.promptLength();
        return length > 1
                && length == other.promptLength()
                && Arrays.equals(one.tokens(), 0, length, other.tokens(), 0, length);
    }
}
