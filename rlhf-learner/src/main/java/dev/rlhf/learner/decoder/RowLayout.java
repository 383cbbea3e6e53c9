package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Head;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ragged rows as one run of positions without padding, where rows with the same prompt share it, and the positions that are read.
 *
 * <p>Response token t of a row with prompt length P is predicted, and its state valued, at position P+t−1; a reward model is read at the
 * last position. What nothing is read after is left out: the last token of a row that a reward model does not score.
 *
 * <p>First come the shared prompts, by length, then what follows each of them, then the rows that share nothing, by length, so that
 * sequences of equal length stand together.
 */
final class RowLayout {
    /** A prompt is shared where at least so many positions are saved: less is not worth merging two softmaxes. */
    private static final int WORTH = 16;

    private final int count;
    private final int[] widths;
    private final LongRun tokens = new LongRun();
    private final LongRun positions = new LongRun();
    private final LongRun spans = new LongRun();
    private final LongRun shared = new LongRun();
    private final LongRun runs = new LongRun();
    private final LongRun seen = new LongRun();
    private final long[] picked;
    private final long[] targets;
    private int size;

    /** Rows with one prompt, by index, and where the prompt and what follows it begin. */
    private record Group(int prompt, List<Integer> rows, int after) {}

    private RowLayout(List<TokenSequence> rows, int[] widths, int total) {
        this.count = rows.size();
        this.widths = widths;
        this.picked = new long[total];
        this.targets = new long[total];
    }

    /**
     * Lays out {@code rows} [B] for a head.
     *
     * @param window positions that a token sees at most, 0 for all; rows that reach beyond it share nothing
     */
    static RowLayout of(List<TokenSequence> rows, Head head, int window) {
        int[] widths = rows.stream()
                .mapToInt(row -> head == Head.REWARD ? 1 : row.responseLength())
                .toArray();
        int total = 0;
        for (int width : widths) {
            total += width;
        }
        RowLayout layout = new RowLayout(rows, widths, total);
        layout.lay(rows, head, window);
        return layout;
    }

    private void lay(List<TokenSequence> rows, Head head, int window) {
        int[] needed = new int[count];
        for (int row = 0; row < count; row++) {
            needed[row] = rows.get(row).length() - (head == Head.REWARD || widths[row] == 0 ? 0 : 1);
        }
        boolean sees = window == 0 || rows.stream().allMatch(row -> row.length() <= window);
        List<Integer> alone = new ArrayList<>();
        List<Group> groups = groups(rows, needed, sees, alone);
        int[] prompts = new int[groups.size()];
        for (int g = 0; g < groups.size(); g++) {
            prompts[g] = tokens.size();
            append(rows.get(groups.get(g).rows().get(0)), 0, groups.get(g).prompt(), 0);
        }
        int[] place = new int[count];
        int[] promptOf = new int[count];
        for (int g = 0; g < groups.size(); g++) {
            Group group = groups.get(g);
            int from = tokens.size();
            for (int row : group.rows()) {
                promptOf[row] = prompts[g] + group.prompt();
                place[row] = tokens.size() - group.prompt();
                append(rows.get(row), group.prompt(), needed[row], prompts[g]);
            }
            share(from, prompts[g], group);
        }
        for (int row : alone) {
            place[row] = tokens.size();
            append(rows.get(row), 0, needed[row], 0);
        }
        pick(rows, head, place, promptOf);
        fill();
    }

    /** Completes the positions to what a product has, by some that nothing is read of. */
    private void fill() {
        size = tokens.size();
        int more = CachedDecoder.roundUp(size, CachedDecoder.ROW_MULTIPLE) - size;
        if (more == 0) {
            return;
        }
        for (int i = 0; i < more; i++) {
            tokens.add(tokens.get(0));
            positions.add(i);
        }
        run(size, more, 0, 0);
        spans.add(1);
        spans.add(more);
    }

    /** Rows by prompt where sharing is worth it, the shortest prompts first; the others go to {@code alone}, the shortest first. */
    private static List<Group> groups(List<TokenSequence> rows, int[] needed, boolean sees, List<Integer> alone) {
        Map<IntBuffer, List<Integer>> byPrompt = new LinkedHashMap<>();
        for (int row = 0; row < rows.size(); row++) {
            TokenSequence sequence = rows.get(row);
            IntBuffer prompt = IntBuffer.wrap(sequence.tokens(), 0, sequence.promptLength());
            byPrompt.computeIfAbsent(prompt, same -> new ArrayList<>()).add(row);
        }
        Comparator<Integer> shortest = Comparator.comparingInt(row -> needed[row]);
        List<Group> groups = new ArrayList<>();
        byPrompt.forEach((prompt, same) -> {
            int length = prompt.limit();
            if (sees && (same.size() - 1) * length >= WORTH) {
                int after = same.stream().mapToInt(row -> needed[row] - length).sum();
                groups.add(new Group(length, same.stream().sorted(shortest).toList(), after));
            } else {
                alone.addAll(same);
            }
        });
        groups.sort(Comparator.comparingInt(Group::prompt).thenComparingInt(Group::after));
        alone.sort(shortest);
        return groups;
    }

    private void append(TokenSequence row, int first, int end, int prompt) {
        int start = tokens.size();
        for (int i = first; i < end; i++) {
            tokens.add(row.tokens()[i]);
            positions.add(i);
        }
        if (end == first) {
            return;
        }
        run(start, end - first, prompt, first);
        if (spans.size() > 0 && spans.get(spans.size() - 1) == end - first) {
            spans.set(spans.size() - 2, spans.get(spans.size() - 2) + 1);
        } else {
            spans.add(1);
            spans.add(end - first);
        }
    }

    /** Rows of a sequence, and all the places it sees, in whole pages. */
    private void run(int start, int length, int prompt, int before) {
        int whole = CachedDecoder.roundUp(before + length, KeyValueCache.PAGE);
        for (int i = 0; i < whole; i++) {
            seen.add(i < before ? prompt + i : i < before + length ? start + i - before : start);
        }
        int last = runs.size() - 4;
        if (last >= 0 && runs.get(last + 1) == length && runs.get(last + 2) == before) {
            runs.set(last, runs.get(last) + 1);
            return;
        }
        for (long number : new long[] {1, length, before, whole}) {
            runs.add(number);
        }
    }

    /** Sequences, rows of each, rows before those, and places it sees in whole pages, run after run. */
    long[] runs() {
        return runs.toArray();
    }

    /** The places that each sequence sees. */
    NDArray seen(NDManager scope) {
        return scope.create(seen.toArray());
    }

    private void share(int from, int prompt, Group group) {
        if (group.after() == 0) {
            return;
        }
        int last = shared.size() - 5;
        boolean alike = last >= 0
                && shared.get(last + 3) == group.after()
                && shared.get(last + 4) == group.prompt()
                && shared.get(last) + shared.get(last + 2) * group.after() == from
                && shared.get(last + 1) + shared.get(last + 2) * group.prompt() == prompt;
        if (alike) {
            shared.set(last + 2, shared.get(last + 2) + 1);
            return;
        }
        for (long number : new long[] {from, prompt, 1, group.after(), group.prompt()}) {
            shared.add(number);
        }
    }

    private void pick(List<TokenSequence> rows, Head head, int[] place, int[] promptOf) {
        int next = 0;
        for (int row = 0; row < count; row++) {
            TokenSequence sequence = rows.get(row);
            for (int t = 0; t < widths[row]; t++) {
                int position = head == Head.REWARD ? sequence.length() - 1 : sequence.promptLength() + t - 1;
                boolean inShared = promptOf[row] > 0 && position < sequence.promptLength();
                picked[next] = inShared ? promptOf[row] - sequence.promptLength() + position : place[row] + position;
                targets[next++] = head == Head.LANGUAGE_MODEL ? sequence.tokens()[position + 1] : 0;
            }
        }
    }

    /** Positions of the rows that are computed, N but for up to three that complete a product. */
    int size() {
        return size;
    }

    /** Positions of a product, N. */
    int filled() {
        return tokens.size();
    }

    /** Token ids, [N]. */
    NDArray tokens(NDManager scope) {
        return scope.create(tokens.toArray());
    }

    /** The place of each in its sequence, [N]. */
    NDArray positions(NDManager scope) {
        return scope.create(positions.toArray());
    }

    /** Number and length of sequences that see only themselves, in the order in which they lie. */
    long[] spans() {
        return spans.toArray();
    }

    /** First row, first shared row, groups, rows and shared rows a group, of rows that also see a prompt. */
    long[] shared() {
        return shared.toArray();
    }

    /** Indices into N of the P positions read. */
    NDArray picked(NDManager scope) {
        return scope.create(picked);
    }

    /** The token that follows each position read, [P, 1]. */
    NDArray targets(NDManager scope) {
        return scope.create(targets, new Shape(targets.length, 1));
    }

    /** Cuts [P] numbers into rows, [B][T]. */
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

    /** Joins [B][T] numbers into a column, [P, 1]; an array of length 0 stands for zeros. */
    NDArray column(NDManager scope, float[][] rows) {
        float[] numbers = new float[picked.length];
        int next = 0;
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(rows[row], 0, numbers, next, rows[row].length);
            next += widths[row];
        }
        return scope.create(numbers, new Shape(numbers.length, 1));
    }
}
