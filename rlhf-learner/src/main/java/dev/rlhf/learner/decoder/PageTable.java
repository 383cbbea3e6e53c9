package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.rlhf.learner.decoder.CachedSequence.SharedPages;
import java.util.Arrays;
import java.util.List;

/**
 * Which page belongs where. Readings of a page are numbered: those of sequences' own pages first, one for each page and head; then those of
 * shared pages, one for each page, head and sharer.
 *
 * @param askers row and head whose queries a reading gets, by reading
 * @param pages reading of each row, head and page of the sequence
 * @param readings row, head and page of the sequence of which a reading gets the shares, by reading; what nobody reads gets any
 * @param length positions of a row, those of as many pages as the longest has
 */
record PageTable(long[] askers, long[] pages, long[] readings, int length) {
    /** What a step calls the three, in this order. */
    static final List<String> NAMES = List.of("askers", "pages", "readings");

    /**
     * Of sequences, one a row; further rows have no pages.
     *
     * @param own own pages that a step works on
     * @param shared shared pages that it works on
     */
    static PageTable of(List<CachedSequence> sequences, int rows, int heads, int own, int shared) {
        int most = sequences.stream()
                .mapToInt(sequence -> sequence.shared() + sequence.own().size())
                .max()
                .orElse(1);
        int ofShared = own * heads;
        int all = ofShared + shared * heads * KeyValueCache.SHARERS;
        PageTable table =
                new PageTable(new long[all], new long[rows * heads * most], new long[all], most * KeyValueCache.PAGE);
        for (int i = 0; i < rows * heads; i++) {
            // The page of zeros.
            Arrays.fill(table.pages, i * most, (i + 1) * most, i % heads);
        }
        for (int row = 0; row < sequences.size(); row++) {
            for (int head = 0; head < heads; head++) {
                table.enter(sequences.get(row), row * heads + head, heads, most, ofShared);
            }
        }
        return table;
    }

    private void enter(CachedSequence sequence, int asker, int heads, int most, int ofShared) {
        int head = asker % heads;
        int full = sequence.shared();
        SharedPages prompt = sequence.prompt();
        for (int i = 0; prompt != null && i < full; i++) {
            int page = prompt.pages().get(i) * heads + head;
            enter(ofShared + page * KeyValueCache.SHARERS + sequence.sharer(), asker, asker * most + i);
        }
        for (int i = 0; i < sequence.own().size(); i++) {
            enter(sequence.own().get(i) * heads + head, asker, asker * most + full + i);
        }
    }

    private void enter(int reading, int asker, int place) {
        askers[reading] = asker;
        pages[place] = reading;
        readings[reading] = place;
    }

    NDList tensors(NDManager scope) {
        return new NDList(scope.create(askers), scope.create(pages), scope.create(readings));
    }
}
