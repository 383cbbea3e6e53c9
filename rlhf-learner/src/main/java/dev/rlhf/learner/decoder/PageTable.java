package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.block.Template;
import dev.rlhf.learner.decoder.CachedSequence.SharedPages;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Which page belongs where.
 *
 * <p>To gather a sequence's pages would cost several times what attention does. So queries and scores, which are small, go to the pages
 * instead: every page is multiplied where it lies with the queries of those that read it, in products of one shape whoever runs, and what
 * comes of it is put into the order of sequences, or added up there page after page: torch's own sum takes its summands in an order that
 * their number decides, which is that of the longest sequence's pages.
 *
 * <p>Readings of a page are numbered: those of sequences' own pages first, one for each page and head; then those of shared pages, one for
 * each page, head and sharer. A reading has a line for each query of the head; an asker, which is a row's head, has one for each query and
 * page of the sequence, query after query.
 *
 * @param askers which of all rows' heads, by a reading's line; what nobody asks gets any
 * @param pages line of a reading, by an asker's line
 * @param readings an asker's line, by a reading's line; what nobody reads gets any
 * @param firsts an asker's first line for each of its queries
 * @param most pages of an asker, as many as the longest has
 */
record PageTable(long[] askers, long[] pages, long[] readings, long[] firsts, Heads heads, int most) {
    /** What a step calls the four, and where keys and values are among the heads of all rows, in this order. */
    static final List<String> NAMES = List.of("askers", "pages", "readings", "firsts", "new_rows");

    /** Heads of a row, in the order in which they lie: queries, keys, values. */
    record Heads(int queries, int keys) {
        private int group() {
            return queries / keys;
        }

        private int lines() {
            return Math.max(CachedDecoder.ROW_MULTIPLE, group());
        }

        private int all() {
            return queries + 2 * keys;
        }

        /** Where the key heads of all rows are, then where their value heads are. */
        private long[] kept(int rows) {
            long[] kept = new long[2 * rows * keys];
            for (int i = 0; i < kept.length; i++) {
                long row = i / keys % rows;
                int first = i < rows * keys ? queries : queries + keys;
                kept[i] = row * all() + first + i % keys;
            }
            return kept;
        }
    }

    private static final String METHODS = """
              def scores(self: __torch__.Ops, heads: Tensor, keys: Tensor, shared_keys: Tensor, askers: Tensor, pages: Tensor) -> Tensor:
                asked = torch.view(torch.index_select(heads, 0, askers), [-1, $lines, $head])
                if torch.eq(torch.size(shared_keys, 0), 0):
                  found = torch.bmm(asked, keys)
                else:
                  own = torch.size(keys, 0)
                  found = torch.new_empty(heads, [torch.size(asked, 0), $lines, $page])
                  s0 = torch.bmm(torch.slice(asked, 0, 0, own), keys, out=torch.slice(found, 0, 0, own))
                  many = torch.view(torch.slice(asked, 0, own), [-1, torch.mul($lines, $sharers), $head])
                  s1 = torch.bmm(many, shared_keys, out=torch.view(torch.slice(found, 0, own), [-1, torch.mul($lines, $sharers), $page]))
                return torch.index_select(torch.view(found, [-1, $page]), 0, pages)
              def mixed(self: __torch__.Ops, shares: Tensor, values: Tensor, shared_values: Tensor, readings: Tensor, pages: Tensor, firsts: Tensor) -> Tensor:
                lines = torch.index_select(torch.view(shares, [-1, $page]), 0, readings)
                given = torch.view(lines, [-1, $lines, $page])
                if torch.eq(torch.size(shared_values, 0), 0):
                  found = torch.bmm(given, values)
                else:
                  own = torch.size(values, 0)
                  found = torch.new_empty(shares, [torch.size(given, 0), $lines, $head])
                  m0 = torch.bmm(torch.slice(given, 0, 0, own), values, out=torch.slice(found, 0, 0, own))
                  many = torch.view(torch.slice(given, 0, own), [-1, torch.mul($lines, $sharers), $page])
                  m1 = torch.bmm(many, shared_values, out=torch.view(torch.slice(found, 0, own), [-1, torch.mul($lines, $sharers), $head]))
                sums, s0, s1, s2 = torch._embedding_bag_forward_only(torch.view(found, [-1, $head]), pages, firsts)
                return sums
            """;

    /** TorchScript of attention's two products by page, of heads of {@code width} numbers. */
    static String methods(int width, Heads heads) {
        return Template.fill(
                METHODS,
                Map.of(
                        "head",
                        width,
                        "page",
                        KeyValueCache.PAGE,
                        "sharers",
                        KeyValueCache.SHARERS,
                        "lines",
                        heads.lines()));
    }

    /**
     * A table without readers: every page of an asker is the page of zeros of its head.
     *
     * @param readings how many there are of pages
     */
    static PageTable empty(int readings, int rows, Heads heads, int most) {
        int lines = heads.lines();
        int asked = rows * heads.queries();
        PageTable table = new PageTable(
                new long[readings * lines],
                new long[asked * most],
                new long[readings * lines],
                new long[asked],
                heads,
                most);
        for (int line = 0; line < asked; line++) {
            long reading = line % heads.queries() / heads.group();
            Arrays.fill(table.pages, line * most, (line + 1) * most, reading * lines + line % heads.group());
            table.firsts[line] = (long) line * most;
        }
        return table;
    }

    /**
     * Of sequences, one a row; further rows have no pages.
     *
     * @param own own pages that a step works on
     * @param shared shared pages that it works on
     */
    static PageTable of(List<CachedSequence> sequences, int rows, Attention attention, int own, int shared) {
        int heads = attention.keys();
        int most = sequences.stream()
                .mapToInt(sequence -> sequence.shared() + sequence.own().size())
                .max()
                .orElse(1);
        int ofShared = own * heads;
        int all = ofShared + shared * heads * KeyValueCache.SHARERS;
        PageTable table = empty(all, rows, new Heads(attention.queries(), heads), most);
        for (int row = 0; row < sequences.size(); row++) {
            for (int head = 0; head < heads; head++) {
                table.enter(sequences.get(row), row, head, ofShared);
            }
        }
        return table;
    }

    private void enter(CachedSequence sequence, int row, int head, int ofShared) {
        int full = sequence.shared();
        SharedPages prompt = sequence.prompt();
        for (int i = 0; prompt != null && i < full; i++) {
            int page = prompt.pages().get(i) * heads.keys() + head;
            enter(ofShared + page * KeyValueCache.SHARERS + sequence.sharer(), row, head, i);
        }
        for (int i = 0; i < sequence.own().size(); i++) {
            enter(sequence.own().get(i) * heads.keys() + head, row, head, full + i);
        }
    }

    /** Has the queries of a row's head read a page, which is the {@code page}th of its sequence. */
    void enter(int reading, int row, int head, int page) {
        for (int i = 0; i < heads.group(); i++) {
            int query = head * heads.group() + i;
            int line = (row * heads.queries() + query) * most + page;
            int ofReading = reading * heads.lines() + i;
            askers[ofReading] = (long) row * heads.all() + query;
            pages[line] = ofReading;
            readings[ofReading] = line;
        }
    }

    /** Positions of a row. */
    int length() {
        return most * KeyValueCache.PAGE;
    }

    NDList tensors(NDManager scope) {
        NDList tensors = new NDList();
        for (long[] numbers : List.of(askers, pages, readings, firsts, heads.kept(firsts.length / heads.queries()))) {
            tensors.add(scope.create(numbers));
        }
        return tensors;
    }
}
