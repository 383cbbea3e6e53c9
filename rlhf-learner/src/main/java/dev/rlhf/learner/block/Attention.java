package dev.rlhf.learner.block;

import dev.rlhf.learner.engine.Backend;
import java.util.List;
import java.util.Map;

/**
 * Causal attention of query heads to the key-value heads they share: x = [queries, keys, values] of all heads.
 *
 * <p>{@code y = softmax(q·kᵀ·scale)·v} (Vaswani et al., arXiv 1706.03762) with grouped queries (arXiv 2305.13245), turned by position
 * (arXiv 2104.09864) as the sight says. To learn, keys and values are spread over their groups, because libtorch's flash attention knows
 * none, and sequences of equal length are computed together. Rows that share a prompt see it once more, whole: softmaxes over two sets of
 * keys are merged by their normalisers, and on the way back each part is exact with those of the merged one (arXiv 2506.05433 has
 * the idea of the shared prompt). What is sampled from goes there by {@link PagedAttention}, as a server does, and back by the kernel.
 *
 * @param queries query heads
 * @param keys key-value heads; divides {@code queries}
 * @param head width of a head
 * @param scale scores are multiplied by it
 * @param cap scores are bent to stay within ± this, {@code cap·tanh(score/cap)}; 0 for none
 * @param sight how positions turn heads, and how far a token sees
 * @param kernel what computes spans to learn
 */
public record Attention(int queries, int keys, int head, double scale, double cap, Sight sight, AttentionKernel kernel)
        implements Block {
    /** Positions of a page of keys and values. */
    public static final int PAGE = PagedAttention.PAGE;

    private static final String METHODS = """
              def rotate(self: __torch__.Ops, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
                turned = torch.empty_like(x)
                a, b = torch.chunk(x, 2, -1)
                c, d = torch.chunk(turned, 2, -1)
                c0 = torch.addcmul_(torch.mul(a, cos, out=c), b, sin, value=-1)
                d0 = torch.addcmul_(torch.mul(b, cos, out=d), a, sin)
                return turned
              def turn_back(self: __torch__.Ops, g: Tensor, into: Tensor, cos: Tensor, sin: Tensor) -> NoneType:
                a, b = torch.chunk(g, 2, -1)
                c, d = torch.chunk(into, 2, -1)
                c0 = torch.addcmul_(torch.mul(a, cos, out=c), b, sin)
                d0 = torch.addcmul_(torch.mul(b, cos, out=d), a, sin, value=-1)
                return None
              def rows(self: __torch__.Ops, x: Tensor, first: int, count: int, length: int) -> Tensor:
                part = torch.slice(x, 0, first, torch.add(first, torch.mul(count, length)))
                return torch.view(part, [count, length, torch.size(x, 1), -1])
              def spread(self: __torch__.Ops, x: Tensor, group: int) -> Tensor:
                copies = torch.expand(torch.unsqueeze(x, 3), [-1, -1, -1, group, -1])
                return torch.transpose(torch.flatten(copies, 2, 3), 1, 2)
              def gathered(self: __torch__.Ops, x: Tensor, group: int) -> Tensor:
                heads = torch.flatten(torch.transpose(x, 1, 2), 0, 1)
                return torch.view(heads, [torch.size(heads, 0), -1, group, torch.size(heads, 2)])
              def joined(self: __torch__.Ops, parts: List[Tensor]) -> Tensor:
                if torch.eq(torch.len(parts), 1):
                  whole = parts[0]
                else:
                  whole = torch.cat(parts, 0)
                return whole
              def attend(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, spans: List[int], shared: List[int], group: int, window: int, scale: float, cap: float) -> Tuple[Tensor, Tensor]:
                os = annotate(List[Tensor], [])
                ls = annotate(List[Tensor], [])
                first = 0
                for i in range(torch.floordiv(torch.len(spans), 2)):
                  n = spans[torch.mul(i, 2)]
                  s = spans[torch.add(torch.mul(i, 2), 1)]
                  q4 = torch.transpose((self).rows(q, first, n, s, ), 1, 2)
                  k4 = (self).spread((self).rows(k, first, n, s, ), group, )
                  v4 = (self).spread((self).rows(v, first, n, s, ), group, )
                  o4, l4 = (self).span(q4, k4, v4, True, window, scale, cap, )
                  o0 = torch.append(os, torch.flatten(torch.transpose(o4, 1, 2), 0, 1))
                  l0 = torch.append(ls, torch.flatten(torch.transpose(l4, 1, 2), 0, 1))
                  first = torch.add(first, torch.mul(n, s))
                o = (self).joined(os, )
                l = (self).joined(ls, )
                for i in range(torch.floordiv(torch.len(shared), 5)):
                  j = torch.mul(i, 5)
                  n = shared[torch.add(j, 2)]
                  rows = shared[torch.add(j, 3)]
                  s = shared[torch.add(j, 4)]
                  q4 = torch.transpose((self).rows(q, shared[j], n, rows, ), 1, 2)
                  k4 = (self).spread((self).rows(k, shared[torch.add(j, 1)], n, s, ), group, )
                  v4 = (self).spread((self).rows(v, shared[torch.add(j, 1)], n, s, ), group, )
                  o4, l4 = (self).span(q4, k4, v4, False, 0, scale, cap, )
                  end = torch.add(shared[j], torch.mul(n, rows))
                  o1 = torch.slice(o, 0, shared[j], end)
                  l1 = torch.slice(l, 0, shared[j], end)
                  l2 = torch.flatten(torch.transpose(l4, 1, 2), 0, 1)
                  merged = torch.logaddexp(l1, l2)
                  o2 = torch.mul_((self).widened(o1, ), torch.unsqueeze(torch.exp(torch.sub(l1, merged)), -1))
                  share = torch.unsqueeze(torch.exp(torch.sub(l2, merged)), -1)
                  o3 = torch.addcmul_(o2, torch.flatten(torch.transpose(o4, 1, 2), 0, 1), share)
                  s0 = (self).settle(o1, o3, )
                  l3 = torch.copy_(l1, merged)
                return (o, l)
              def attend_back(self: __torch__.Ops, g: Tensor, q: Tensor, k: Tensor, v: Tensor, o: Tensor, l: Tensor, dv: Tensor, spans: List[int], shared: List[int], group: int, window: int, scale: float, cap: float) -> Tuple[Tensor, Tensor]:
                qs = annotate(List[Tensor], [])
                ks = annotate(List[Tensor], [])
                lines = torch.unsqueeze(l, -1)
                first = 0
                for i in range(torch.floordiv(torch.len(spans), 2)):
                  n = spans[torch.mul(i, 2)]
                  s = spans[torch.add(torch.mul(i, 2), 1)]
                  q4 = torch.transpose((self).rows(q, first, n, s, ), 1, 2)
                  k4 = (self).spread((self).rows(k, first, n, s, ), group, )
                  v4 = (self).spread((self).rows(v, first, n, s, ), group, )
                  g4 = torch.transpose((self).rows(g, first, n, s, ), 1, 2)
                  o4 = torch.transpose((self).rows(o, first, n, s, ), 1, 2)
                  l4 = torch.squeeze(torch.transpose((self).rows(lines, first, n, s, ), 1, 2), -1)
                  a, b, c = (self).span_back(g4, q4, k4, v4, o4, l4, True, window, scale, cap, )
                  q0 = torch.append(qs, torch.flatten(torch.transpose(a, 1, 2), 0, 1))
                  k0 = torch.append(ks, torch.sum((self).gathered(b, group, ), [2]))
                  end = torch.add(first, torch.mul(n, s))
                  v0 = torch.sum((self).gathered(c, group, ), [2], False, dtype=None, out=torch.slice(dv, 0, first, end))
                  first = end
                dq = (self).joined(qs, )
                dk = (self).joined(ks, )
                for i in range(torch.floordiv(torch.len(shared), 5)):
                  j = torch.mul(i, 5)
                  n = shared[torch.add(j, 2)]
                  rows = shared[torch.add(j, 3)]
                  s = shared[torch.add(j, 4)]
                  f = shared[torch.add(j, 1)]
                  q4 = torch.transpose((self).rows(q, shared[j], n, rows, ), 1, 2)
                  k4 = (self).spread((self).rows(k, f, n, s, ), group, )
                  v4 = (self).spread((self).rows(v, f, n, s, ), group, )
                  g4 = torch.transpose((self).rows(g, shared[j], n, rows, ), 1, 2)
                  o4 = torch.transpose((self).rows(o, shared[j], n, rows, ), 1, 2)
                  l4 = torch.squeeze(torch.transpose((self).rows(lines, shared[j], n, rows, ), 1, 2), -1)
                  a, b, c = (self).span_back(g4, q4, k4, v4, o4, l4, False, 0, scale, cap, )
                  end = torch.add(shared[j], torch.mul(n, rows))
                  till = torch.add(f, torch.mul(n, s))
                  q0 = torch.add_(torch.slice(dq, 0, shared[j], end), torch.flatten(torch.transpose(a, 1, 2), 0, 1))
                  k0 = torch.add_(torch.slice(dk, 0, f, till), torch.sum((self).gathered(b, group, ), [2]))
                  v0 = torch.add_(torch.slice(dv, 0, f, till), torch.sum((self).gathered(c, group, ), [2]))
                return (dq, dk)
            """;

    /** Attention as most families have it: scores divided by √head, none of them bent. */
    public static Attention of(int queries, int keys, int head, Sight sight) {
        return new Attention(queries, keys, head, 1 / Math.sqrt(head), 0, sight, AttentionKernel.FLASH);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public List<String> kept() {
        return List.of("x", "qk", "o", "l");
    }

    @Override
    public Attention on(Backend backend) {
        return new Attention(queries, keys, head, scale, cap, sight, kernel.on(backend, head));
    }

    @Override
    public String methods() {
        return METHODS + PagedAttention.METHODS + kernel.methods();
    }

    private int turned() {
        return sight.turns().map(Sight.Turns::width).orElse(0);
    }

    @Override
    public String forward() {
        return there("attend", "spans, shared");
    }

    @Override
    public String asServed() {
        return there("attend_as_served", "runs, seen");
    }

    private String there(String method, String rows) {
        return filled("heads = torch.view(x, [-1, $all, $head])\n" + rotated("torch.slice(heads, 1, 0, $turned)")
                + """
                v = torch.slice(heads, 1, $turned, $all)
                o, l = (self).METHOD(torch.slice(qk, 1, 0, $queries), torch.slice(qk, 1, $queries, $turned), v, ROWS, $group, $window, $scale, $cap, )
                y = torch.reshape(o, [-1, $width])
                """.replace("METHOD", method).replace("ROWS", rows));
    }

    /** Sets {@code qk} to the heads of {@code of} in their turned form. */
    private String rotated(String of) {
        if (turned() == 0) {
            return "qk = " + of + "\n";
        }
        if (turned() == head) {
            return "qk = (self).rotate(" + of + ", cos, sin, )\n";
        }
        return "ahead = " + of + "\n" + """
                qk = torch.cat([(self).rotate(torch.slice(ahead, 2, 0, $part), cos, sin, ), torch.slice(ahead, 2, $part)], -1)
                """;
    }

    @Override
    public String backward() {
        return filled("""
                past = torch.view(x, [-1, $all, $head])
                v = torch.slice(past, 1, $turned, $all)
                heads = torch.new_empty(g, [torch.size(g, 0), $all, $head])
                go = torch.view(g, [-1, $queries, $head])
                dv = torch.slice(heads, 1, $turned, $all)
                gq, gk = (self).attend_back(go, torch.slice(qk, 1, 0, $queries), torch.slice(qk, 1, $queries, $turned), v, o, l, dv, spans, shared, $group, $window, $scale, $cap, )
                """ + turnedBack("gq", "0, $queries") + turnedBack("gk", "$queries, $turned") + """
                dx = torch.flatten(heads, 1)
                """);
    }

    private String turnedBack(String from, String range) {
        String into = "torch.slice(heads, 1, " + range + ")";
        String name = from + "0 = ";
        if (turned() == 0) {
            return name + "torch.copy_(" + into + ", " + from + ")\n";
        }
        if (turned() == head) {
            return name + "(self).turn_back(" + from + ", " + into + ", cos, sin, )\n";
        }
        return """
                NAME0 = (self).turn_back(torch.slice(NAME, 2, 0, $part), torch.slice(INTO, 2, 0, $part), cos, sin, )
                NAME1 = torch.copy_(torch.slice(INTO, 2, $part), torch.slice(NAME, 2, $part))
                """.replace("NAME", from).replace("INTO", into);
    }

    @Override
    public List<String> cached() {
        return List.of("k", "v");
    }

    @Override
    public String prefill() {
        return filled(
                "heads = torch.view(x, [-1, $all, $head])\n" + rotated("torch.slice(heads, 1, 0, $turned)") + """
                q4 = torch.view(torch.slice(qk, 1, 0, $queries), [n, s, $queries, $head])
                k4 = torch.reshape(torch.slice(qk, 1, $queries, $turned), [n, s, $keys, $head])
                k = torch.contiguous(torch.permute(k4, [0, 2, 1, 3]))
                v4 = torch.reshape(torch.slice(heads, 1, $turned, $all), [n, s, $keys, $head])
                v = torch.contiguous(torch.permute(v4, [0, 2, 1, 3]))
                more = torch.remainder(torch.neg(s), $page)
                whole_keys = torch.constant_pad_nd(k, [0, 0, 0, more], 0.)
                whole_values = torch.constant_pad_nd(v, [0, 0, 0, more], 0.)
                o, l = (self).paged(q4, whole_keys, whole_values, 0, $group, $window, $scale, $cap, )
                y = torch.reshape(o, [-1, $width])
                """);
    }

    @Override
    public String step() {
        return filled("heads = torch.view(x, [-1, $head])\n" + turnedOne() + """
                c0 = torch.index_copy_(cache_rows, 0, places, torch.index_select(heads, 0, new_rows))
                found = (self).scores(heads, keys, shared_keys, askers, pages, )
                scores = torch.view(found, [-1, $queries, torch.size(mask, 2)])
                """ + (cap == 0 ? """
                shares = torch.softmax(torch.add(mask, scores, alpha=$scale), -1)
                """ : """
                scores = torch.mul(scores, $scale)
                scores = torch.mul(torch.tanh(torch.div(scores, $cap)), $cap)
                shares = torch.softmax(torch.add(scores, mask), -1)
                """) + """
                y = torch.view((self).mixed(shares, values, shared_values, readings, pages, firsts, ), [-1, $width])
                """);
    }

    /** Turns the queries and keys of one token a row where they lie. */
    private String turnedOne() {
        if (turned() == 0) {
            return "";
        }
        String whole = "torch.slice(x, 1, 0, $turned_width)";
        String part = "torch.slice(torch.slice(torch.view(x, [-1, $all, $head]), 1, 0, $turned), 2, 0, $part)";
        return """
                t = torch.view(TURNED, [-1, $turned, 2, $half])
                other = torch.flip(t, [2])
                t0 = torch.addcmul_(torch.mul_(t, cos), other, sin)
                """.replace("TURNED", turned() == head ? whole : part);
    }

    private String filled(String text) {
        return Template.fill(
                text,
                Map.ofEntries(
                        Map.entry("queries", queries),
                        Map.entry("keys", keys),
                        Map.entry("group", queries / keys),
                        Map.entry("turned", queries + keys),
                        Map.entry("turned_width", (queries + keys) * head),
                        Map.entry("all", queries + 2 * keys),
                        Map.entry("head", head),
                        Map.entry("part", turned()),
                        Map.entry("half", turned() / 2),
                        Map.entry("width", queries * head),
                        Map.entry("window", sight.window()),
                        Map.entry("page", PAGE),
                        Map.entry("scale", scale),
                        Map.entry("cap", cap)));
    }
}
