package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
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
 * their number decides, which is that of the longest sequence's pages. Readings of a page are numbered: those of sequences' own pages first, one for each page and head; then those of
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

    private static final String METHODS = """
              def scores(self: __torch__.Ops, q: Tensor, keys: Tensor, shared_keys: Tensor, askers: Tensor, pages: Tensor) -> Tensor:
                own = torch.size(keys, 0)
                group = torch.size(q, 1)
                asked = torch.index_select(q, 0, askers)
                found = torch.new_empty(q, [torch.size(askers, 0), group, $page])
                s0 = torch.bmm(torch.slice(asked, 0, 0, own), keys, out=torch.slice(found, 0, 0, own))
                many = torch.view(torch.slice(asked, 0, own), [-1, torch.mul(group, $sharers), $head])
                s1 = torch.bmm(many, shared_keys, out=torch.view(torch.slice(found, 0, own), [-1, torch.mul(group, $sharers), $page]))
                turned = torch.view(torch.index_select(found, 0, pages), [torch.size(q, 0), -1, group, $page])
                return torch.reshape(torch.transpose(turned, 1, 2), [torch.size(q, 0), group, -1])
              def mixed(self: __torch__.Ops, shares: Tensor, values: Tensor, shared_values: Tensor, readings: Tensor, pages: Tensor) -> Tensor:
                own = torch.size(values, 0)
                rows = torch.size(shares, 0)
                group = torch.size(shares, 1)
                turned = torch.transpose(torch.view(shares, [rows, group, -1, $page]), 1, 2)
                given = torch.index_select(torch.reshape(turned, [-1, group, $page]), 0, readings)
                found = torch.new_empty(shares, [torch.size(readings, 0), group, $head])
                m0 = torch.bmm(torch.slice(given, 0, 0, own), values, out=torch.slice(found, 0, 0, own))
                many = torch.view(torch.slice(given, 0, own), [-1, torch.mul(group, $sharers), $page])
                m1 = torch.bmm(many, shared_values, out=torch.view(torch.slice(found, 0, own), [-1, torch.mul(group, $sharers), $head]))
                read = torch.size(pages, 0)
                firsts = torch.arange(0, read, torch.floordiv(read, rows))
                sums, s0, s1, s2 = torch._embedding_bag_forward_only(torch.flatten(found, 1), pages, firsts)
                return sums
            """;

    /** TorchScript of attention's two products by page. */
    static String methods(int head) {
        return Template.fill(
                METHODS, Map.of("head", head, "page", KeyValueCache.PAGE, "sharers", KeyValueCache.SHARERS));
    }

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

    /** Has an asker read a page, which stands at a place in the order of sequences. */
    void enter(int reading, int asker, int place) {
        askers[reading] = asker;
        pages[place] = reading;
        readings[reading] = place;
    }

    NDList tensors(NDManager scope) {
        return new NDList(scope.create(askers), scope.create(pages), scope.create(readings));
    }
}
