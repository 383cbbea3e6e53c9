package dev.rlhf.learner.model;

/**
 * TorchScript text of a decoder that keeps keys and values of earlier tokens.
 *
 * <p>What a row gives never depends on the rows beside it: the number of rows of a matrix product is a multiple of four (the
 * caller pads), and attention is written as matrix products over one prompt's padded length, whose kernels treat rows alike.
 * Shapes: M rows, N prompts of S padded positions, L longest sequence, keys and values [slots, key-value heads, context, head].
 * Row m of a step is slot m, so that no keys are gathered.
 *
 * <p>A step of a small model costs what its operators cost to call, so it calls few: matrices come transposed, norms times √D, and
 * the residual stream has one column more, √(D·ε), with which the length of a row is √D times its root mean square.
 */
final class CachedDecoderSource {
    private static final String TEMPLATE = """
              def heads(self: __torch__.Ops, x: Tensor, w: List[Tensor], i: int) -> Tensor:
                fused = torch.linear((self).norm(x, w[i], ), w[torch.add(i, 1)])
                return torch.view(fused, [torch.size(x, 0), $fusedheads, $head])
              def prefill(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, cos: Tensor, sin: Tensor, span: Tensor, matrix: Tensor, last: Tensor) -> List[Tensor]:
                n = torch.size(tokens, 0)
                s = torch.size(tokens, 1)
                rows = torch.mul(n, s)
                c = torch.repeat(torch.slice(cos, 0, 0, s), [n, 1, 1])
                d = torch.repeat(torch.slice(sin, 0, 0, s), [n, 1, 1])
                places = torch.slice(span, 0, 0, s)
                unseen = torch.repeat(torch.gt(torch.unsqueeze(places, 0), torch.unsqueeze(places, 1)), [$group, 1])
                x = torch.embedding(w[0], torch.view(tokens, [-1]))
                result = annotate(List[Tensor], [])
                for l in range($layers):
                  i = torch.add(torch.mul(l, $leaves), 1)
                  all = (self).heads(x, w, i, )
                  qk = (self).rotate(torch.slice(all, 1, 0, $turnedheads), c, d, )
                  turned = torch.permute(torch.reshape(torch.slice(qk, 1, 0, $queries), [n, s, $keys, $group, $head]), [0, 2, 3, 1, 4])
                  q = torch.reshape(turned, [n, $keys, torch.mul(s, $group), $head])
                  k = torch.contiguous(torch.permute(torch.reshape(torch.slice(qk, 1, $queries, $turnedheads), [n, s, $keys, $head]), [0, 2, 1, 3]))
                  v = torch.contiguous(torch.permute(torch.reshape(torch.slice(all, 1, $turnedheads, $fusedheads), [n, s, $keys, $head]), [0, 2, 1, 3]))
                  scores = torch.mul(torch.matmul(q, torch.transpose(k, 2, 3)), $scale)
                  shares = torch.softmax(torch.masked_fill(scores, unseen, -1.0e+30), -1)
                  o = torch.permute(torch.reshape(torch.matmul(shares, v), [n, $keys, $group, s, $head]), [0, 3, 1, 2, 4])
                  y = torch.add(x, torch.linear(torch.reshape(o, [rows, $width]), w[torch.add(i, 2)]))
                  x = (self).feed(y, w, i, )
                  r0 = torch.append(result, k)
                  r1 = torch.append(result, v)
                chosen = (self).norm(torch.index_select(x, 0, last), w[$last], )
                r2 = torch.append(result, torch.linear(chosen, matrix))
                return result
              def place(self: __torch__.Ops, keys: List[Tensor], values: List[Tensor], read: List[Tensor], rows: Tensor, slots: Tensor) -> NoneType:
                length = torch.size(read[0], 2)
                for l in range($layers):
                  k = torch.index_select(read[torch.mul(l, 2)], 0, rows)
                  v = torch.index_select(read[torch.add(torch.mul(l, 2), 1)], 0, rows)
                  k0 = torch.index_copy_(torch.slice(keys[l], 2, 0, length), 0, slots, k)
                  v0 = torch.index_copy_(torch.slice(values[l], 2, 0, length), 0, slots, v)
                return None
              def carry(self: __torch__.Ops, old: Tensor, new: Tensor, slots: int, length: int) -> NoneType:
                kept = torch.slice(torch.slice(old, 0, 0, slots), 2, 0, length)
                n0 = torch.copy_(torch.slice(torch.slice(new, 0, 0, slots), 2, 0, length), kept)
                return None
              def move(self: __torch__.Ops, keys: List[Tensor], values: List[Tensor], sources: Tensor, targets: Tensor, length: int) -> NoneType:
                for l in range($layers):
                  k = torch.slice(keys[l], 2, 0, length)
                  v = torch.slice(values[l], 2, 0, length)
                  k0 = torch.index_copy_(k, 0, targets, torch.index_select(k, 0, sources))
                  v0 = torch.index_copy_(v, 0, targets, torch.index_select(v, 0, sources))
                return None
              def prepare(self: __torch__.Ops, w: List[Tensor], cos: Tensor, sin: Tensor) -> List[Tensor]:
                result = [torch.stack([cos, cos], 2), torch.stack([torch.neg(sin), sin], 2)]
                for i in range(torch.len(w)):
                  if torch.eq(torch.dim(w[i]), 1):
                    ready = torch.mul(w[i], $rootwidth)
                  else:
                    ready = torch.t(w[i])
                  r0 = torch.append(result, ready)
                return result
              def views(self: __torch__.Ops, keys: List[Tensor], values: List[Tensor], rows: int, length: int) -> List[Tensor]:
                result = annotate(List[Tensor], [])
                for l in range($layers):
                  k = torch.slice(torch.slice(keys[l], 0, 0, rows), 2, 0, length)
                  v = torch.slice(torch.slice(values[l], 0, 0, rows), 2, 0, length)
                  r0 = torch.append(result, torch.transpose(torch.flatten(k, 0, 1), 1, 2))
                  r1 = torch.append(result, torch.flatten(v, 0, 1))
                  r2 = torch.append(result, torch.view(keys[l], [-1, $head]))
                  r3 = torch.append(result, torch.view(values[l], [-1, $head]))
                return result
              def sharpen(self: __torch__.Ops, wide: Tensor, x: Tensor, gain: Tensor) -> Tensor:
                return torch.mul_(torch.div(x, torch.linalg_vector_norm(wide, 2, [-1], True)), gain)
              def step(self: __torch__.Ops, embedding: Tensor, p: List[Tensor], cache: List[Tensor], tokens: Tensor, positions: Tensor, places: Tensor, span: Tensor, matrix: Tensor, length: int) -> Tensor:
                rows = torch.size(tokens, 0)
                c = torch.index_select(p[0], 0, positions)
                s = torch.index_select(p[1], 0, positions)
                unseen = torch.gt(torch.slice(span, 0, 0, length), torch.unsqueeze(torch.repeat_interleave(positions, $keys), 1))
                bias = torch.unsqueeze(torch.mul(unseen, -1.0e+30), 1)
                wide = torch.constant_pad_nd(torch.embedding(embedding, tokens), [0, 1], $rootepsilon)
                x = torch.slice(wide, 1, 0, $hidden)
                for l in range($layers):
                  i = torch.add(torch.mul(l, $leaves), 3)
                  j = torch.mul(l, 4)
                  all = torch.view(torch.mm((self).sharpen(wide, x, p[i], ), p[torch.add(i, 1)]), [rows, $fusedheads, $head])
                  t = torch.view(torch.slice(all, 1, 0, $turnedheads), [rows, $turnedheads, 2, $half])
                  qk = torch.view(torch.addcmul_(torch.mul(t, c), torch.flip(t, [2]), s), [rows, $turnedheads, $head])
                  k = torch.reshape(torch.slice(qk, 1, $queries, $turnedheads), [-1, $head])
                  v = torch.reshape(torch.slice(all, 1, $turnedheads, $fusedheads), [-1, $head])
                  k0 = torch.index_copy_(cache[torch.add(j, 2)], 0, places, k)
                  v0 = torch.index_copy_(cache[torch.add(j, 3)], 0, places, v)
                  q = torch.reshape(torch.slice(qk, 1, 0, $queries), [-1, $group, $head])
                  shares = torch.softmax(torch.baddbmm(bias, q, cache[j], beta=1, alpha=$scale), -1)
                  o = torch.view(torch.bmm(shares, cache[torch.add(j, 1)]), [rows, $width])
                  x0 = torch.add_(x, torch.mm(o, p[torch.add(i, 2)]))
                  both = torch.mm((self).sharpen(wide, x, p[torch.add(i, 3)], ), p[torch.add(i, 4)])
                  gate = torch.silu(torch.slice(both, 1, 0, $inner))
                  product = torch.mul_(gate, torch.slice(both, 1, $inner))
                  x1 = torch.add_(x, torch.mm(product, p[torch.add(i, 5)]))
                return torch.linear((self).sharpen(wide, x, p[torch.add($last, 2)], ), matrix)
            """;

    private CachedDecoderSource() {}

    static String of(ModelConfig config) {
        String own = TEMPLATE.replace("$scale", Double.toString(1 / Math.sqrt(config.headSize())))
                .replace("$rootwidth", Double.toString(Math.sqrt(config.hiddenSize())))
                .replace("$rootepsilon", Double.toString(Math.sqrt(config.hiddenSize() * config.normEpsilon())))
                .replace("$inner", Integer.toString(config.intermediateSize()));
        return DecoderSource.with(own, config);
    }
}
