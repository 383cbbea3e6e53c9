package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

/**
 * Causal attention of query heads to the key-value heads they share, turned by position: x = [queries, keys, values] of all heads.
 *
 * <p>{@code y = softmax(q·kᵀ/√head)·v} (Vaswani et al., arXiv 1706.03762) with grouped queries (arXiv 2305.13245) and rotary positions
 * (arXiv 2104.09864). Keys and values are spread over their groups to learn, because libtorch's flash attention knows no groups. A server
 * computes with matrix products over one prompt's padded length, whose kernels treat rows alike.
 *
 * @param queries query heads
 * @param keys key-value heads; divides {@code queries}
 * @param head width of a head, even
 */
public record RotaryAttention(int queries, int keys, int head) implements Block {
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
              def spread(self: __torch__.Ops, x: Tensor, group: int) -> Tensor:
                copies = torch.expand(torch.unsqueeze(x, 3), [-1, -1, -1, group, -1])
                return torch.transpose(torch.flatten(copies, 2, 3), 1, 2)
            """;

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public List<String> kept() {
        return List.of("q", "k", "v", "o", "l");
    }

    @Override
    public String methods() {
        return METHODS;
    }

    @Override
    public String forward() {
        return filled("""
                heads = torch.view(x, [-1, torch.size(cos, 0), $all, $head])
                qk = (self).rotate(torch.slice(heads, 2, 0, $turned), cos, sin, )
                q = torch.transpose(torch.slice(qk, 2, 0, $queries), 1, 2)
                k = (self).spread(torch.slice(qk, 2, $queries, $turned), $group, )
                v = (self).spread(torch.slice(heads, 2, $turned, $all), $group, )
                o, l = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0., True)
                y = torch.reshape(torch.transpose(o, 1, 2), [-1, $width])
                """);
    }

    @Override
    public String backward() {
        return filled("""
                b = torch.size(q, 0)
                s = torch.size(q, 2)
                go = torch.transpose(torch.view(g, [b, s, $queries, $head]), 1, 2)
                gq, gk, gv = torch._scaled_dot_product_flash_attention_for_cpu_backward(go, q, k, v, o, l, 0., True)
                heads = torch.new_empty(g, [b, s, $all, $head])
                q0 = (self).turn_back(torch.transpose(gq, 1, 2), torch.slice(heads, 2, 0, $queries), cos, sin, )
                sk = torch.sum(torch.reshape(torch.transpose(gk, 1, 2), [b, s, $keys, $group, $head]), [3])
                k0 = (self).turn_back(sk, torch.slice(heads, 2, $queries, $turned), cos, sin, )
                sv = torch.reshape(torch.transpose(gv, 1, 2), [b, s, $keys, $group, $head])
                v0 = torch.sum(sv, [3], False, dtype=None, out=torch.slice(heads, 2, $turned, $all))
                dx = torch.view(heads, [torch.mul(b, s), -1])
                """);
    }

    @Override
    public List<String> cached() {
        return List.of("k", "v");
    }

    @Override
    public String prefill() {
        return filled("""
                heads = torch.view(x, [-1, $all, $head])
                qk = (self).rotate(torch.slice(heads, 1, 0, $turned), cos, sin, )
                q5 = torch.permute(torch.reshape(torch.slice(qk, 1, 0, $queries), [n, s, $keys, $group, $head]), [0, 2, 3, 1, 4])
                q = torch.reshape(q5, [n, $keys, torch.mul(s, $group), $head])
                k4 = torch.reshape(torch.slice(qk, 1, $queries, $turned), [n, s, $keys, $head])
                k = torch.contiguous(torch.permute(k4, [0, 2, 1, 3]))
                v4 = torch.reshape(torch.slice(heads, 1, $turned, $all), [n, s, $keys, $head])
                v = torch.contiguous(torch.permute(v4, [0, 2, 1, 3]))
                scores = torch.mul(torch.matmul(q, torch.transpose(k, 2, 3)), $scale)
                shares = torch.softmax(torch.masked_fill(scores, unseen, -1.0e+30), -1)
                o = torch.permute(torch.reshape(torch.matmul(shares, v), [n, $keys, $group, s, $head]), [0, 3, 1, 2, 4])
                y = torch.reshape(o, [-1, $width])
                """);
    }

    @Override
    public String step() {
        return filled("""
                heads = torch.view(x, [-1, $all, $head])
                t = torch.view(torch.slice(heads, 1, 0, $turned), [-1, $turned, 2, $half])
                qk = torch.view(torch.addcmul_(torch.mul(t, cos), torch.flip(t, [2]), sin), [-1, $turned, $head])
                k = torch.reshape(torch.slice(qk, 1, $queries, $turned), [-1, $head])
                v = torch.reshape(torch.slice(heads, 1, $turned, $all), [-1, $head])
                k0 = torch.index_copy_(key_rows, 0, places, k)
                v0 = torch.index_copy_(value_rows, 0, places, v)
                q = torch.reshape(torch.slice(qk, 1, 0, $queries), [-1, $group, $head])
                scores = (self).scores(q, keys, shared_keys, askers, pages, )
                shares = torch.softmax(torch.add(mask, scores, alpha=$scale), -1)
                y = torch.view((self).mixed(shares, values, shared_values, readings, pages, ), [-1, $width])
                """);
    }

    private String filled(String text) {
        return Template.fill(
                text,
                Map.of(
                        "queries",
                        queries,
                        "keys",
                        keys,
                        "group",
                        queries / keys,
                        "turned",
                        queries + keys,
                        "all",
                        queries + 2 * keys,
                        "head",
                        head,
                        "half",
                        head / 2,
                        "width",
                        queries * head,
                        "scale",
                        1 / Math.sqrt(head)));
    }
}
