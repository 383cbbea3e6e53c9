package dev.rlhf.learner.model;

/**
 * TorchScript text of a decoder that keeps keys and values of earlier tokens.
 *
 * <p>What a row gives never depends on the rows beside it: a prompt is read alone, and a step reads one token of each of M rows
 * (M padded to a multiple of four by the caller) with attention as matrix products, whose kernels treat rows alike.
 * Shapes: M rows, S prompt positions, L longest sequence, keys and values [slots, key-value heads, context, head].
 */
final class CachedDecoderSource {
    private static final String TEMPLATE = """
              def heads(self: __torch__.Ops, x: Tensor, w: List[Tensor], i: int) -> Tensor:
                fused = torch.linear((self).norm(x, w[i], ), w[torch.add(i, 1)])
                return torch.view(fused, [torch.size(x, 0), $fusedheads, $head])
              def prefill(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, cos: Tensor, sin: Tensor, matrix: Tensor, last: int) -> List[Tensor]:
                rows = torch.size(tokens, 0)
                c = torch.slice(cos, 0, 0, rows)
                s = torch.slice(sin, 0, 0, rows)
                x = torch.embedding(w[0], tokens)
                result = annotate(List[Tensor], [])
                for l in range($layers):
                  i = torch.add(torch.mul(l, $leaves), 1)
                  all = (self).heads(x, w, i, )
                  qk = (self).rotate(torch.slice(all, 1, 0, $turnedheads), c, s, )
                  q = torch.transpose(torch.slice(qk, 1, 0, $queries), 0, 1)
                  k = torch.contiguous(torch.transpose(torch.slice(qk, 1, $queries, $turnedheads), 0, 1))
                  v = torch.contiguous(torch.transpose(torch.slice(all, 1, $turnedheads, $fusedheads), 0, 1))
                  o = torch.scaled_dot_product_attention(torch.unsqueeze(q, 0), torch.unsqueeze(k, 0), torch.unsqueeze(v, 0), None, 0., True, scale=None, enable_gqa=$grouped)
                  joined = torch.reshape(torch.transpose(torch.squeeze(o, 0), 0, 1), [rows, $width])
                  y = torch.add(x, torch.linear(joined, w[torch.add(i, 2)]))
                  x = (self).feed(y, w, i, )
                  r0 = torch.append(result, k)
                  r1 = torch.append(result, v)
                chosen = (self).norm(torch.slice(x, 0, last, torch.add(last, 1)), w[$last], )
                r2 = torch.append(result, torch.linear(chosen, matrix))
                return result
              def place(self: __torch__.Ops, keys: List[Tensor], values: List[Tensor], read: List[Tensor], slots: Tensor, length: int) -> NoneType:
                shape = [torch.size(slots, 0), $keys, length, $head]
                for l in range($layers):
                  k = torch.slice(read[torch.mul(l, 2)], 1, 0, length)
                  v = torch.slice(read[torch.add(torch.mul(l, 2), 1)], 1, 0, length)
                  k0 = torch.index_copy_(torch.slice(keys[l], 2, 0, length), 0, slots, torch.expand(torch.unsqueeze(k, 0), shape))
                  v0 = torch.index_copy_(torch.slice(values[l], 2, 0, length), 0, slots, torch.expand(torch.unsqueeze(v, 0), shape))
                return None
              def step(self: __torch__.Ops, w: List[Tensor], keys: List[Tensor], values: List[Tensor], tokens: Tensor, positions: Tensor, slots: Tensor, cos: Tensor, sin: Tensor, span: Tensor, matrix: Tensor, length: int) -> Tensor:
                rows = torch.size(tokens, 0)
                c = torch.index_select(cos, 0, positions)
                s = torch.index_select(sin, 0, positions)
                later = torch.gt(torch.unsqueeze(torch.slice(span, 0, 0, length), 0), torch.unsqueeze(positions, 1))
                unseen = torch.view(later, [rows, 1, 1, length])
                place = annotate(List[Optional[Tensor]], [slots, None, positions])
                x = torch.embedding(w[0], tokens)
                for l in range($layers):
                  i = torch.add(torch.mul(l, $leaves), 1)
                  all = (self).heads(x, w, i, )
                  qk = (self).rotate(torch.slice(all, 1, 0, $turnedheads), c, s, )
                  k0 = torch.index_put_(keys[l], place, torch.slice(qk, 1, $queries, $turnedheads))
                  v0 = torch.index_put_(values[l], place, torch.slice(all, 1, $turnedheads, $fusedheads))
                  k = torch.index_select(torch.slice(keys[l], 2, 0, length), 0, slots)
                  v = torch.index_select(torch.slice(values[l], 2, 0, length), 0, slots)
                  q = torch.reshape(torch.slice(qk, 1, 0, $queries), [rows, $keys, $group, $head])
                  scores = torch.mul(torch.matmul(q, torch.transpose(k, 2, 3)), $scale)
                  shares = torch.softmax(torch.masked_fill(scores, unseen, -1.0e+30), -1)
                  o = torch.reshape(torch.matmul(shares, v), [rows, $width])
                  y = torch.add(x, torch.linear(o, w[torch.add(i, 2)]))
                  x = (self).feed(y, w, i, )
                return torch.linear((self).norm(x, w[$last], ), matrix)
            """;

    private CachedDecoderSource() {}

    static String of(ModelConfig config) {
        int group = config.attentionHeads() / config.keyValueHeads();
        String own = TEMPLATE.replace("$keys", Integer.toString(config.keyValueHeads()))
                .replace("$group,", group + ",")
                .replace("$scale", Double.toString(1 / Math.sqrt(config.headSize())));
        return DecoderSource.fill(DecoderSource.TEMPLATE + own, config);
    }
}
