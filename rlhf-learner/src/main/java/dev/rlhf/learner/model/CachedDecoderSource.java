package dev.rlhf.learner.model;

/**
 * TorchScript text of a decoder that keeps keys and values of earlier tokens.
 *
 * <p>What a row gives never depends on the rows beside it: the number of rows of a matrix product is a multiple of four (the
 * caller pads), and attention is written as matrix products over one prompt's padded length, whose kernels treat rows alike.
 * Shapes: M rows, N prompts of S padded positions, L longest sequence, keys and values [slots, key-value heads, context, head].
 * Row m of a step is slot m, so that no keys are gathered.
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
              def move(self: __torch__.Ops, keys: List[Tensor], values: List[Tensor], sources: Tensor, targets: Tensor, length: int) -> NoneType:
                for l in range($layers):
                  k = torch.slice(keys[l], 2, 0, length)
                  v = torch.slice(values[l], 2, 0, length)
                  k0 = torch.index_copy_(k, 0, targets, torch.index_select(k, 0, sources))
                  v0 = torch.index_copy_(v, 0, targets, torch.index_select(v, 0, sources))
                return None
              def step(self: __torch__.Ops, w: List[Tensor], keys: List[Tensor], values: List[Tensor], tokens: Tensor, positions: Tensor, cos: Tensor, sin: Tensor, span: Tensor, matrix: Tensor, length: int) -> Tensor:
                rows = torch.size(tokens, 0)
                c = torch.index_select(cos, 0, positions)
                s = torch.index_select(sin, 0, positions)
                later = torch.gt(torch.unsqueeze(torch.slice(span, 0, 0, length), 0), torch.unsqueeze(positions, 1))
                unseen = torch.view(later, [rows, 1, 1, length])
                place = annotate(List[Optional[Tensor]], [torch.slice(span, 0, 0, rows), None, positions])
                x = torch.embedding(w[0], tokens)
                for l in range($layers):
                  i = torch.add(torch.mul(l, $leaves), 1)
                  all = (self).heads(x, w, i, )
                  qk = (self).rotate(torch.slice(all, 1, 0, $turnedheads), c, s, )
                  k0 = torch.index_put_(keys[l], place, torch.slice(qk, 1, $queries, $turnedheads))
                  v0 = torch.index_put_(values[l], place, torch.slice(all, 1, $turnedheads, $fusedheads))
                  k = torch.slice(torch.slice(keys[l], 0, 0, rows), 2, 0, length)
                  v = torch.slice(torch.slice(values[l], 0, 0, rows), 2, 0, length)
                  q = torch.view(torch.mul(torch.slice(qk, 1, 0, $queries), $scale), [rows, $keys, $group, $head])
                  scores = torch.masked_fill_(torch.matmul(q, torch.transpose(k, 2, 3)), unseen, -1.0e+30)
                  o = torch.reshape(torch.matmul(torch.softmax(scores, -1), v), [rows, $width])
                  y = torch.add_(torch.linear(o, w[torch.add(i, 2)]), x)
                  x = (self).feed(y, w, i, )
                return torch.linear((self).norm(x, w[$last], ), matrix)
            """;

    private CachedDecoderSource() {}

    static String of(ModelConfig config) {
        String own = TEMPLATE.replace("$scale", Double.toString(1 / Math.sqrt(config.headSize())));
        return DecoderSource.with(own, config);
    }
}
