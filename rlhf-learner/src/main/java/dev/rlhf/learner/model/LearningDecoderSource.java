package dev.rlhf.learner.model;

/**
 * TorchScript text of a decoder that learns, with its derivatives written out.
 *
 * <p>Autograd would give the same numbers; by hand, products go straight to where they are wanted and memory is crossed about half
 * as often. Grouped queries (arXiv 2305.13245) have their keys and values spread, because libtorch's flash attention knows no
 * groups.
 *
 * <p>Shapes: B rows, S positions, N = B·S, D hidden, P picked positions. A layer keeps {@value #KEPT} tensors for its way back, in
 * this order: x, 1/rms, normed x, q, k, v, o, log-sum-exp, joined o; y, 1/rms, normed y, gate and up, silu(gate), their product.
 */
final class LearningDecoderSource {
    private static final int KEPT = 15;

    private static final String FORWARD = """
              def inverse(self: __torch__.Ops, x: Tensor) -> Tensor:
                length = torch.linalg_vector_norm(x, 2, [-1], True)
                return torch.rsqrt(torch.add(torch.div(torch.mul(length, length), $hidden.), $epsilon))
              def spread(self: __torch__.Ops, x: Tensor) -> Tensor:
                b = torch.size(x, 0)
                s = torch.size(x, 1)
                copies = torch.expand(torch.unsqueeze(x, 3), [b, s, $keys, $group, $head])
                return torch.transpose(torch.reshape(copies, [b, s, $queries, $head]), 1, 2)
              def keep(self: __torch__.Ops, kept: List[Tensor], tensors: List[Tensor]) -> NoneType:
                for t in range(torch.len(tensors)):
                  kept0 = torch.append(kept, tensors[t])
                return None
              def attend(self: __torch__.Ops, x: Tensor, w: List[Tensor], i: int, cos: Tensor, sin: Tensor, kept: List[Tensor], keeps: bool) -> Tensor:
                b = torch.size(x, 0)
                s = torch.size(x, 1)
                r = (self).inverse(x, )
                h = torch.mul_(torch.mul(x, r), w[i])
                heads = torch.view(torch.linear(h, w[torch.add(i, 1)]), [b, s, $fusedheads, $head])
                qk = (self).rotate(torch.slice(heads, 2, 0, $turnedheads), cos, sin, )
                q = torch.transpose(torch.slice(qk, 2, 0, $queries), 1, 2)
                k = (self).spread(torch.slice(qk, 2, $queries, $turnedheads), )
                v = (self).spread(torch.slice(heads, 2, $turnedheads, $fusedheads), )
                o, l = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0., True)
                joined = torch.reshape(torch.transpose(o, 1, 2), [b, s, $width])
                if keeps:
                  k0 = (self).keep(kept, [x, r, h, q, k, v, o, l, joined], )
                else:
                  pass
                return torch.add_(torch.linear(joined, w[torch.add(i, 2)]), x)
              def expand(self: __torch__.Ops, x: Tensor, w: List[Tensor], i: int, kept: List[Tensor], keeps: bool) -> Tensor:
                r = (self).inverse(x, )
                h = torch.mul_(torch.mul(x, r), w[torch.add(i, 3)])
                both = torch.linear(h, w[torch.add(i, 4)])
                gate, up = torch.chunk(both, 2, -1)
                bent = torch.silu(gate)
                product = torch.mul(bent, up)
                if keeps:
                  k0 = (self).keep(kept, [x, r, h, both, bent, product], )
                else:
                  pass
                return torch.add_(torch.linear(product, w[torch.add(i, 5)]), x)
              def run(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, picked: Tensor, cos: Tensor, sin: Tensor, kept: List[Tensor], keeps: bool) -> Tensor:
                s = torch.size(tokens, 1)
                c = torch.slice(cos, 0, 0, s)
                d = torch.slice(sin, 0, 0, s)
                x = torch.embedding(w[0], tokens)
                for l in range($layers):
                  i = torch.add(torch.mul(l, $leaves), 1)
                  y = (self).attend(x, w, i, c, d, kept, keeps, )
                  x = (self).expand(y, w, i, kept, keeps, )
                chosen = torch.index_select(torch.view(x, [-1, $hidden]), 0, picked)
                r = (self).inverse(chosen, )
                if keeps:
                  k0 = (self).keep(kept, [chosen, r], )
                else:
                  pass
                return torch.mul_(torch.mul(chosen, r), w[$last])
              def decode(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, picked: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
                return (self).run(w, tokens, picked, cos, sin, annotate(List[Tensor], []), False, )
              def record(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, picked: Tensor, cos: Tensor, sin: Tensor) -> List[Tensor]:
                kept = annotate(List[Tensor], [])
                hidden = (self).run(w, tokens, picked, cos, sin, kept, True, )
                k0 = torch.append(kept, hidden)
                return kept
              def logits(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, picked: Tensor, cos: Tensor, sin: Tensor, matrix: Tensor) -> Tensor:
                return torch.linear((self).decode(w, tokens, picked, cos, sin, ), matrix)
            """;

    private static final String BACKWARD = """
              def plus(self: __torch__.Ops, sum: Tensor, term: Tensor) -> NoneType:
                sum0 = torch.add_(sum, term)
                return None
              def flat(self: __torch__.Ops, x: Tensor) -> Tensor:
                return torch.view(x, [-1, torch.size(x, -1)])
              def norm_back(self: __torch__.Ops, g: Tensor, x: Tensor, r: Tensor, w: Tensor, found: List[Tensor]) -> Tensor:
                unit = torch.mul(x, r)
                along = torch.mul(g, unit)
                f0 = torch.append(found, torch.sum(along, [0]))
                share = torch.unsqueeze(torch.div(torch.mv(along, w), $hidden.), 1)
                return torch.addcmul_(torch.mul_(g, w), unit, share, value=-1)
              def turn_back(self: __torch__.Ops, g: Tensor, into: Tensor, cos: Tensor, sin: Tensor) -> NoneType:
                a, b = torch.chunk(g, 2, -1)
                c, d = torch.chunk(into, 2, -1)
                c0 = torch.addcmul_(torch.mul(a, cos, out=c), b, sin)
                d0 = torch.addcmul_(torch.mul(b, cos, out=d), a, sin, value=-1)
                return None
              def expand_back(self: __torch__.Ops, g: Tensor, w: List[Tensor], i: int, kept: List[Tensor], j: int, found: List[Tensor]) -> Tensor:
                both = (self).flat(kept[torch.add(j, 12)], )
                gate, up = torch.chunk(both, 2, -1)
                f0 = torch.append(found, torch.mm(torch.t(g), (self).flat(kept[torch.add(j, 14)], )))
                a = torch.mm(g, w[torch.add(i, 5)])
                gb = torch.empty_like(both)
                gg, gu = torch.chunk(gb, 2, -1)
                u0 = torch.mul(a, (self).flat(kept[torch.add(j, 13)], ), out=gu)
                g0 = torch.silu_backward(torch.mul_(a, up), gate, grad_input=gg)
                f1 = torch.append(found, torch.mm(torch.t(gb), (self).flat(kept[torch.add(j, 11)], )))
                h = torch.mm(gb, w[torch.add(i, 4)])
                r = (self).flat(kept[torch.add(j, 10)], )
                slope = (self).norm_back(h, (self).flat(kept[torch.add(j, 9)], ), r, w[torch.add(i, 3)], found, )
                return torch.addcmul_(g, slope, r)
              def attend_back(self: __torch__.Ops, g: Tensor, w: List[Tensor], i: int, kept: List[Tensor], j: int, cos: Tensor, sin: Tensor, found: List[Tensor]) -> Tensor:
                x = kept[j]
                b = torch.size(x, 0)
                s = torch.size(x, 1)
                f0 = torch.append(found, torch.mm(torch.t(g), (self).flat(kept[torch.add(j, 8)], )))
                o = torch.transpose(torch.view(torch.mm(g, w[torch.add(i, 2)]), [b, s, $queries, $head]), 1, 2)
                gq, gk, gv = torch._scaled_dot_product_flash_attention_for_cpu_backward(o, kept[torch.add(j, 3)], kept[torch.add(j, 4)], kept[torch.add(j, 5)], kept[torch.add(j, 6)], kept[torch.add(j, 7)], 0., True)
                gh = torch.new_empty(x, [b, s, $fusedheads, $head])
                q0 = (self).turn_back(torch.transpose(gq, 1, 2), torch.slice(gh, 2, 0, $queries), cos, sin, )
                k = torch.sum(torch.reshape(torch.transpose(gk, 1, 2), [b, s, $keys, $group, $head]), [3])
                k0 = (self).turn_back(k, torch.slice(gh, 2, $queries, $turnedheads), cos, sin, )
                v = torch.reshape(torch.transpose(gv, 1, 2), [b, s, $keys, $group, $head])
                v0 = torch.sum(v, [3], False, dtype=None, out=torch.slice(gh, 2, $turnedheads, $fusedheads))
                gf = torch.view(gh, [torch.mul(b, s), -1])
                f1 = torch.append(found, torch.mm(torch.t(gf), (self).flat(kept[torch.add(j, 2)], )))
                h = torch.mm(gf, w[torch.add(i, 1)])
                r = (self).flat(kept[torch.add(j, 1)], )
                slope = (self).norm_back(h, (self).flat(x, ), r, w[i], found, )
                return torch.addcmul_(g, slope, r)
              def gradients(self: __torch__.Ops, w: List[Tensor], kept: List[Tensor], gradient: Tensor, tokens: Tensor, picked: Tensor, cos: Tensor, sin: Tensor) -> List[Tensor]:
                s = torch.size(tokens, 1)
                c = torch.slice(cos, 0, 0, s)
                d = torch.slice(sin, 0, 0, s)
                found = annotate(List[Tensor], [])
                last = torch.mul($layers, $kept)
                r = kept[torch.add(last, 1)]
                slope = (self).norm_back(gradient, kept[last], r, w[$last], found, )
                g = torch.new_zeros(gradient, [torch.numel(tokens), $hidden])
                g0 = torch.index_copy_(g, 0, picked, torch.mul_(slope, r))
                for n in range($layers):
                  l = torch.sub($layers, torch.add(n, 1))
                  i = torch.add(torch.mul(l, $leaves), 1)
                  j = torch.mul(l, $kept)
                  y = (self).expand_back(g, w, i, kept, j, found, )
                  g = (self).attend_back(y, w, i, kept, j, c, d, found, )
                f0 = torch.append(found, torch.embedding_dense_backward(g, torch.view(tokens, [-1]), $vocabulary, -1, False))
                r0 = torch.reverse(found)
                return found
            """;

    private LearningDecoderSource() {}

    static String of(ModelConfig config) {
        String own = (FORWARD + BACKWARD).replace("$kept", Integer.toString(KEPT));
        return DecoderSource.with(own, config);
    }
}
