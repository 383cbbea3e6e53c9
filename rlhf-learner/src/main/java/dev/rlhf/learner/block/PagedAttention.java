package dev.rlhf.learner.block;

/**
 * Attention with the bits of a server's step: scores of all that a row sees, one softmax, values added up page after page.
 *
 * <p>A matrix product gives a row the same bits in any company of four rows or more, so rows of a learner and of a prompt are taken as many
 * at a time as fit a cache, and a step's stand in lines of four. Pages are the cache's: where a response begins in one does not matter.
 */
final class PagedAttention {
    /** Positions of a page of keys, and of a server's cache. */
    static final int PAGE = 32;

    /** Scores of a block of rows, so many that they stay in a cache. */
    private static final int SCORES = 1 << 19;

    private static final String TEXT = """
              def unseen(self: __torch__.Ops, rows: int, before: int, length: int, window: int) -> Tensor:
                i = torch.unsqueeze(torch.arange(before, torch.add(before, rows)), 1)
                j = torch.unsqueeze(torch.arange(length), 0)
                later = torch.gt(j, i)
                if torch.gt(window, 0):
                  hidden = torch.logical_or(later, torch.le(j, torch.sub(i, window)))
                else:
                  hidden = later
                return torch.mul(hidden, -1.0e+30)
              def by_page(self: __torch__.Ops, shares: Tensor, values: Tensor) -> Tensor:
                n, keys, lines, length = torch.size(shares)
                apart = torch.transpose(torch.view(shares, [n, keys, lines, -1, $page]), 2, 3)
                parts = torch.matmul(apart, torch.view(values, [n, keys, -1, $page, torch.size(values, 3)]))
                sums = torch.select(parts, 2, 0)
                for i in range(torch.sub(torch.size(parts, 2), 1)):
                  sums = torch.add(sums, torch.select(parts, 2, torch.add(i, 1)))
                return sums
              def seeing(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, before: int, window: int, scale: float, cap: float) -> Tuple[Tensor, Tensor]:
                n, keys, group, rows, head = torch.size(q)
                more = 0
                if torch.lt(torch.mul(rows, group), 4):
                  more = torch.sub(4, rows)
                lines = torch.flatten(torch.constant_pad_nd(q, [0, 0, 0, more], 0.), 2, 3)
                products = torch.view(torch.matmul(lines, torch.transpose(k, 2, 3)), [n, keys, group, torch.add(rows, more), -1])
                mask = (self).unseen(torch.add(rows, more), before, torch.size(k, 2), window, )
                if torch.gt(cap, 0.):
                  scores = torch.add(torch.mul(torch.tanh(torch.div(torch.mul(products, scale), cap)), cap), mask)
                else:
                  scores = torch.add(mask, products, alpha=scale)
                shares = torch.softmax(scores, -1)
                l = torch.sub(torch.amax(scores, [-1]), torch.log(torch.amax(shares, [-1])))
                o = torch.view((self).by_page(torch.flatten(shares, 2, 3), v, ), [n, keys, group, torch.add(rows, more), head])
                return (torch.slice(o, 3, 0, rows), torch.slice(l, 3, 0, rows))
              def paged(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, before: int, group: int, window: int, scale: float, cap: float) -> Tuple[Tensor, Tensor]:
                n, rows, queries, head = torch.size(q)
                length = torch.size(k, 2)
                by_group = torch.permute(torch.view(q, [n, rows, -1, group, head]), [0, 2, 3, 1, 4])
                many = torch.mul(torch.add(torch.floordiv($scores, torch.mul(torch.mul(torch.mul(n, queries), length), $page)), 1), $page)
                os = annotate(List[Tensor], [])
                ls = annotate(List[Tensor], [])
                for i in range(torch.floordiv(torch.sub(torch.add(rows, many), 1), many)):
                  first = torch.mul(i, many)
                  end = ops.prim.min(torch.add(first, many), rows)
                  whole = torch.mul(torch.floordiv(torch.add(torch.add(before, end), $last), $page), $page)
                  o, l = (self).seeing(torch.slice(by_group, 3, first, end), torch.slice(k, 2, 0, whole), torch.slice(v, 2, 0, whole), torch.add(before, first), window, scale, cap, )
                  o0 = torch.append(os, torch.permute(o, [0, 3, 1, 2, 4]))
                  l0 = torch.append(ls, torch.permute(l, [0, 3, 1, 2]))
                return (torch.reshape(torch.cat(os, 1), [torch.mul(n, rows), queries, head]), torch.reshape(torch.cat(ls, 1), [torch.mul(n, rows), queries]))
              def attend_as_served(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, runs: List[int], seen: Tensor, group: int, window: int, scale: float, cap: float) -> Tuple[Tensor, Tensor]:
                os = annotate(List[Tensor], [])
                ls = annotate(List[Tensor], [])
                keys = torch.size(k, 1)
                head = torch.size(k, 2)
                first = 0
                begin = 0
                for i in range(torch.floordiv(torch.len(runs), 4)):
                  n = runs[torch.mul(i, 4)]
                  rows = runs[torch.add(torch.mul(i, 4), 1)]
                  length = runs[torch.add(torch.mul(i, 4), 3)]
                  end = torch.add(first, torch.mul(n, rows))
                  till = torch.add(begin, torch.mul(n, length))
                  places = torch.slice(seen, 0, begin, till)
                  k4 = torch.transpose(torch.view(torch.index_select(k, 0, places), [n, length, keys, head]), 1, 2)
                  v4 = torch.transpose(torch.view(torch.index_select(v, 0, places), [n, length, keys, head]), 1, 2)
                  q4 = torch.view(torch.slice(q, 0, first, end), [n, rows, -1, head])
                  o, l = (self).paged(q4, k4, torch.contiguous(v4), runs[torch.add(torch.mul(i, 4), 2)], group, window, scale, cap, )
                  o0 = torch.append(os, o)
                  l0 = torch.append(ls, l)
                  first = end
                  begin = till
                return ((self).joined(os, ), (self).joined(ls, ))
            """;

    /** TorchScript methods {@code paged}, of rows of sequences that lie apart, and {@code attend_as_served}, of a learner's. */
    static final String METHODS = TEXT.replace("$page", Integer.toString(PAGE))
            .replace("$last", Integer.toString(PAGE - 1))
            .replace("$scores", Integer.toString(SCORES));

    private PagedAttention() {}
}
