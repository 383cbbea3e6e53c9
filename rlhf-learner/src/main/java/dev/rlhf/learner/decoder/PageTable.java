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
 * @param askers whose queries a reading gets, by reading
 * @param pages line of a reading, by an asker's line
 * @param readings an asker's line, by a reading's line; what nobody reads gets any
 * @param firsts an asker's first line for each of its queries
 * @param group queries of a head
 * @param most pages of an asker, as many as the longest has
 */
record PageTable(long[] askers, long[] pages, long[] readings, long[] firsts, int group, int most) {
    /** What a step calls the four, in this order. */
    static final List<String> NAMES = List.of("askers", "pages", "readings", "firsts");

    private static final String METHODS = """
              def scores(self: __torch__.Ops, q: Tensor, keys: Tensor, shared_keys: Tensor, askers: Tensor, pages: Tensor) -> Tensor:
                group = torch.size(q, 1)
                asked = torch.index_select(q, 0, askers)
                if torch.eq(torch.size(shared_keys, 0), 0):
                  found = torch.bmm(asked, keys)
                else:
                  own = torch.size(keys, 0)
                  found = torch.new_empty(q, [torch.size(askers, 0), group, $page])
                  s0 = torch.bmm(torch.slice(asked, 0, 0, own), keys, out=torch.slice(found, 0, 0, own))
                  many = torch.view(torch.slice(asked, 0, own), [-1, torch.mul(group, $sharers), $head])
                  s1 = torch.bmm(many, shared_keys, out=torch.view(torch.slice(found, 0, own), [-1, torch.mul(group, $sharers), $page]))
                lines = torch.index_select(torch.view(found, [-1, $page]), 0, pages)
                return torch.view(lines, [torch.size(q, 0), group, -1])
              def mixed(self: __torch__.Ops, shares: Tensor, values: Tensor, shared_values: Tensor, readings: Tensor, pages: Tensor, firsts: Tensor) -> Tensor:
                group = torch.size(shares, 1)
                lines = torch.index_select(torch.view(shares, [-1, $page]), 0, readings)
                given = torch.view(lines, [-1, group, $page])
                if torch.eq(torch.size(shared_values, 0), 0):
                  found = torch.bmm(given, values)
                else:
                  own = torch.size(values, 0)
                  found = torch.new_empty(shares, [torch.size(given, 0), group, $head])
                  m0 = torch.bmm(torch.slice(given, 0, 0, own), values, out=torch.slice(found, 0, 0, own))
                  many = torch.view(torch.slice(given, 0, own), [-1, torch.mul(group, $sharers), $page])
                  m1 = torch.bmm(many, shared_values, out=torch.view(torch.slice(found, 0, own), [-1, torch.mul(group, $sharers), $head]))
                sums, s0, s1, s2 = torch._embedding_bag_forward_only(torch.view(found, [-1, $head]), pages, firsts)
                return sums
            """;

    /** TorchScript of attention's two products by page. */
    static String methods(int head) {
        return Template.fill(
                METHODS, Map.of("head", head, "page", KeyValueCache.PAGE, "sharers", KeyValueCache.SHARERS));
    }

    /**
     * A table without readers: every page of an asker is the page of zeros of its head.
     *
     * @param readings how many there are of pages
     * @param askers rows times {@code heads}
     */
    static PageTable empty(int readings, int askers, int heads, int group, int most) {
        PageTable table = new PageTable(
                new long[readings],
                new long[askers * group * most],
                new long[readings * group],
                new long[askers * group],
                group,
                most);
        for (int line = 0; line < askers * group; line++) {
            int head = line / group % heads;
            Arrays.fill(table.pages, line * most, (line + 1) * most, (long) head * group + line % group);
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
        PageTable table = empty(all, rows * heads, heads, attention.queries() / heads, most);
        for (int row = 0; row < sequences.size(); row++) {
            for (int head = 0; head < heads; head++) {
                table.enter(sequences.get(row), row * heads + head, heads, ofShared);
            }
        }
        return table;
    }

    private void enter(CachedSequence sequence, int asker, int heads, int ofShared) {
        int head = asker % heads;
        int full = sequence.shared();
        SharedPages prompt = sequence.prompt();
        for (int i = 0; prompt != null && i < full; i++) {
            int page = prompt.pages().get(i) * heads + head;
            enter(ofShared + page * KeyValueCache.SHARERS + sequence.sharer(), asker, i);
        }
        for (int i = 0; i < sequence.own().size(); i++) {
            enter(sequence.own().get(i) * heads + head, asker, full + i);
        }
    }

    /** Has an asker read a page, which is the {@code page}th of its sequence. */
    void enter(int reading, int asker, int page) {
        askers[reading] = asker;
        for (int query = 0; query < group; query++) {
            int line = (asker * group + query) * most + page;
            int ofReading = reading * group + query;
            pages[line] = ofReading;
            readings[ofReading] = line;
        }
    }

    /** Positions of a row. */
    int length() {
        return most * KeyValueCache.PAGE;
    }

    NDList tensors(NDManager scope) {
        return new NDList(scope.create(askers), scope.create(pages), scope.create(readings), scope.create(firsts));
    }
}
