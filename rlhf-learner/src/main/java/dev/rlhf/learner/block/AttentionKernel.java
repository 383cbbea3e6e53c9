package dev.rlhf.learner.block;

import dev.rlhf.learner.engine.Backend;

/**
 * How the attention of a span of sequences is computed to learn: what is queried, what is seen, and the way back.
 *
 * <p>Either kernel gives outputs and the logarithms of the scores' sums, and takes back both. They may be those of more keys than the span
 * has (a merged softmax): with them the derivatives of each span's part are exact.
 */
public enum AttentionKernel {
    /** libtorch's flash attention on a CPU; it knows no soft-capping. Elsewhere another kernel takes its place. */
    FLASH("""
              def span(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, causal: bool, window: int, scale: float, cap: float) -> Tuple[Tensor, Tensor]:
                q1 = (self).factor(q, )
                k1 = (self).factor(k, )
                v1 = (self).factor(v, )
                if torch.__and__(torch.gt(window, 0), torch.lt(window, torch.size(k, 2))):
                  hidden = (self).hidden(q1, k1, causal, window, )
                  o, l = torch._scaled_dot_product_flash_attention_for_cpu(q1, k1, v1, 0., False, attn_mask=hidden, scale=scale)
                else:
                  o, l = torch._scaled_dot_product_flash_attention_for_cpu(q1, k1, v1, 0., causal, attn_mask=None, scale=scale)
                return ((self).rounded(o, ), l)
              def span_back(self: __torch__.Ops, g: Tensor, q: Tensor, k: Tensor, v: Tensor, o: Tensor, l: Tensor, causal: bool, window: int, scale: float, cap: float) -> Tuple[Tensor, Tensor, Tensor]:
                g1 = (self).factor(g, )
                q1 = (self).factor(q, )
                k1 = (self).factor(k, )
                v1 = (self).factor(v, )
                o1 = (self).factor(o, )
                if torch.__and__(torch.gt(window, 0), torch.lt(window, torch.size(k, 2))):
                  hidden = (self).hidden(q1, k1, causal, window, )
                  a, b, c = torch._scaled_dot_product_flash_attention_for_cpu_backward(g1, q1, k1, v1, o1, l, 0., False, attn_mask=hidden, scale=scale)
                else:
                  a, b, c = torch._scaled_dot_product_flash_attention_for_cpu_backward(g1, q1, k1, v1, o1, l, 0., causal, attn_mask=None, scale=scale)
                return ((self).rounded(a, ), (self).rounded(b, ), (self).rounded(c, ))
            """),

    /**
     * libtorch's memory-efficient attention on a GPU of NVIDIA, in the numbers that rows have; it knows windows, but no soft-capping.
     *
     * <p>The logarithms lie in lines of a multiple of 32 there, and each key's share of a gradient is added up in one place, so that the bits
     * are equal each time.
     */
    EFFICIENT_CUDA("""
              def span(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, causal: bool, window: int, scale: float, cap: float) -> Tuple[Tensor, Tensor]:
                if torch.gt(window, 0):
                  near = annotate(Optional[int], window)
                else:
                  near = annotate(Optional[int], None)
                o, l, s0, s1, m0, m1 = torch._efficient_attention_forward(torch.transpose(q, 1, 2), torch.transpose(k, 1, 2), torch.transpose(v, 1, 2), None, None, None, None, None, 0., int(causal), True, scale=scale, seqlen_k=None, window_size=near)
                return (torch.transpose(o, 1, 2), torch.slice(l, 2, 0, torch.size(q, 2)))
              def span_back(self: __torch__.Ops, g: Tensor, q: Tensor, k: Tensor, v: Tensor, o: Tensor, l: Tensor, causal: bool, window: int, scale: float, cap: float) -> Tuple[Tensor, Tensor, Tensor]:
                if torch.gt(window, 0):
                  near = annotate(Optional[int], window)
                else:
                  near = annotate(Optional[int], None)
                rows = torch.size(q, 2)
                lines = torch.contiguous(torch.constant_pad_nd(l, [0, torch.remainder(torch.neg(rows), 32)], 1.0e+30))
                none = torch.new_empty(l, [1], dtype=4)
                a, b, c, d = torch._efficient_attention_backward(torch.transpose(g, 1, 2), torch.transpose(q, 1, 2), torch.transpose(k, 1, 2), torch.transpose(v, 1, 2), None, torch.transpose(o, 1, 2), None, None, rows, torch.size(k, 2), lines, 0., none, none, int(causal), False, scale=scale, num_splits_key=1, window_size=near)
                return (torch.transpose(a, 1, 2), torch.transpose(b, 1, 2), torch.transpose(c, 1, 2))
            """),

    /** Plain products on any device, with every score in memory: the oracle of the others, and the one that caps scores. */
    PRODUCTS("""
              def span_scores(self: __torch__.Ops, q: Tensor, k: Tensor, causal: bool, window: int, scale: float, cap: float) -> Tensor:
                s = torch.mul((self).widened(torch.matmul((self).factor(q, ), torch.transpose((self).factor(k, ), 2, 3)), ), scale)
                if torch.gt(cap, 0.):
                  s1 = torch.mul(torch.tanh(torch.div(s, cap)), cap)
                else:
                  s1 = s
                if torch.__or__(causal, torch.gt(window, 0)):
                  s2 = torch.add(s1, (self).hidden(q, k, causal, window, ))
                else:
                  s2 = s1
                return s2
              def span(self: __torch__.Ops, q: Tensor, k: Tensor, v: Tensor, causal: bool, window: int, scale: float, cap: float) -> Tuple[Tensor, Tensor]:
                s = (self).span_scores(q, k, causal, window, scale, cap, )
                l = torch.logsumexp(s, [-1])
                p = (self).rounded(torch.exp(torch.sub(s, torch.unsqueeze(l, -1))), )
                return ((self).rounded(torch.matmul((self).factor(p, ), (self).factor(v, )), ), l)
              def span_back(self: __torch__.Ops, g: Tensor, q: Tensor, k: Tensor, v: Tensor, o: Tensor, l: Tensor, causal: bool, window: int, scale: float, cap: float) -> Tuple[Tensor, Tensor, Tensor]:
                s = (self).span_scores(q, k, causal, window, scale, cap, )
                p = torch.exp(torch.sub(s, torch.unsqueeze(l, -1)))
                g1 = (self).factor(g, )
                along = torch.sum(torch.mul((self).widened(g, ), o), [-1], True)
                slope = torch.mul_(torch.sub_((self).widened(torch.matmul(g1, torch.transpose((self).factor(v, ), 2, 3)), ), along), p)
                if torch.gt(cap, 0.):
                  bent = torch.tanh(torch.div(torch.mul((self).widened(torch.matmul((self).factor(q, ), torch.transpose((self).factor(k, ), 2, 3)), ), scale), cap))
                  ds = torch.mul(slope, torch.rsub(torch.mul(bent, bent), 1.))
                else:
                  ds = slope
                d = (self).factor((self).rounded(torch.mul(ds, scale), ), )
                p1 = (self).factor((self).rounded(p, ), )
                a = torch.matmul(d, (self).factor(k, ))
                b = torch.matmul(torch.transpose(d, 2, 3), (self).factor(q, ))
                c = torch.matmul(torch.transpose(p1, 2, 3), g1)
                return ((self).rounded(a, ), (self).rounded(b, ), (self).rounded(c, ))
            """);

    /** Numbers of a head that a GPU reads at once. */
    private static final int ALIGNED = 8;

    private static final String SHARED = """
              def hidden(self: __torch__.Ops, q: Tensor, k: Tensor, causal: bool, window: int) -> Tensor:
                i = torch.unsqueeze(torch.arange(torch.size(q, 2), dtype=None, layout=None, device=ops.prim.device(q), pin_memory=None), 1)
                j = torch.unsqueeze(torch.arange(torch.size(k, 2), dtype=None, layout=None, device=ops.prim.device(q), pin_memory=None), 0)
                if causal:
                  later = torch.gt(j, i)
                else:
                  later = torch.lt(j, 0)
                if torch.gt(window, 0):
                  unseen = torch.logical_or(later, torch.le(j, torch.sub(i, window)))
                else:
                  unseen = later
                return torch.masked_fill(torch.new_zeros(q, [torch.size(q, 2), torch.size(k, 2)]), unseen, -1.0e+30)
            """;

    private final String text;

    AttentionKernel(String text) {
        this.text = text;
    }

    /** The kernel that does the same on a backend, for heads of a width. */
    AttentionKernel on(Backend backend, int head) {
        if (this == PRODUCTS || backend == Backend.CPU) {
            return this;
        }
        return head % ALIGNED == 0 ? EFFICIENT_CUDA : PRODUCTS;
    }

    /** TorchScript methods {@code span} and {@code span_back}. */
    String methods() {
        return SHARED + text;
    }
}
