package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import java.util.List;

/**
 * Ragged rows as one rectangle, padded on the right, with the positions that are read.
 *
 * <p>A causal decoder never looks right, so padding needs no mask. Response token t of a row with prompt length P is
 * predicted, and its state valued, at position P+t-1; a reward model is read at the last position.
 */
final class PaddedRows {
    private final int count;
    private final int length;
    private final long[] tokens;
    private final long[] picked;
    private final long[] targets;
    private final int[] widths;

    private PaddedRows(List<TokenSequence> rows, int[] widths, int total, int length) {
        this.count = rows.size();
        this.length = length;
        this.tokens = new long[count * length];
        this.picked = new long[total];
        this.targets = new long[total];
        this.widths = widths;
    }

    /** Lays out {@code rows} [B] for a head. */
    static PaddedRows of(List<TokenSequence> rows, Head head) {
        int[] widths = rows.stream()
                .mapToInt(row -> head == Head.REWARD ? 1 : row.responseLength())
                .toArray();
        int total = 0;
        int length = 1;
        for (int row = 0; row < widths.length; row++) {
            total += widths[row];
            length = Math.max(length, rows.get(row).length());
        }
        PaddedRows padded = new PaddedRows(rows, widths, total, length);
        int next = 0;
        for (int row = 0; row < rows.size(); row++) {
            TokenSequence sequence = rows.get(row);
            int start = row * length;
            for (int i = 0; i < sequence.length(); i++) {
                padded.tokens[start + i] = sequence.tokens()[i];
            }
            for (int t = 0; t < widths[row]; t++) {
                int position = head == Head.REWARD ? sequence.length() - 1 : sequence.promptLength() + t - 1;
                padded.picked[next] = (long) start + position;
                padded.targets[next++] = head == Head.LANGUAGE_MODEL ? sequence.tokens()[position + 1] : 0;
            }
        }
        return padded;
    }

    /** Token ids, [B, S]. */
    NDArray tokens(NDManager scope) {
        return scope.create(tokens, new Shape(count, length));
    }

    /** Indices into B·S of the N positions read. */
    NDArray picked(NDManager scope) {
        return scope.create(picked);
    }

    /** The token that follows each position read, [N, 1]. */
    NDArray targets(NDManager scope) {
        return scope.create(targets, new Shape(targets.length, 1));
    }

    /** Cuts [N] numbers into rows, [B][T]. */
    float[][] ragged(float[] numbers) {
        float[][] rows = new float[count][];
        int next = 0;
        for (int row = 0; row < count; row++) {
            rows[row] = new float[widths[row]];
            System.arraycopy(numbers, next, rows[row], 0, widths[row]);
            next += widths[row];
        }
        return rows;
    }

    /** Joins [B][T] numbers into a column, [N, 1]; an array of length 0 stands for zeros. */
    NDArray column(NDManager scope, float[][] rows) {
        float[] numbers = new float[picked.length];
        int next = 0;
        for (float[] row : rows) {
            System.arraycopy(row, 0, numbers, next, row.length);
            next += row.length;
        }
        return scope.create(numbers, new Shape(numbers.length, 1));
    }
}
