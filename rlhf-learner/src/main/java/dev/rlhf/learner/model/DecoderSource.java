package dev.rlhf.learner.model;

/**
 * TorchScript text of a Llama decoder, its sizes written in (Touvron et al., arXiv 2302.13971; GQA: arXiv 2305.13245).
 *
 * <p>Shapes: B rows, S positions, D hidden, N picked positions. The leaves come as one list in the order of {@link
 * WeightLayout}.
 */
final class DecoderSource {
    static final String TEMPLATE = """
              def tables(self: __torch__.Ops, positions: Tensor) -> Tuple[Tensor, Tensor]:
                steps = torch.div(torch.mul(torch.slice(positions, 0, 0, $half), 2), $head.)
                frequencies = torch.reciprocal(torch.pow($theta, steps))
                angles = torch.unsqueeze(torch.outer(positions, frequencies), 1)
                return (torch.cos(angles), torch.sin(angles))
              def norm(self: __torch__.Ops, x: Tensor, w: Tensor) -> Tensor:
                return torch.rms_norm(x, [$hidden], w, $epsilon)
              def rotate(self: __torch__.Ops, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
                a, b = torch.chunk(x, 2, -1)
                c = torch.sub(torch.mul(a, cos), torch.mul(b, sin))
                d = torch.add(torch.mul(b, cos), torch.mul(a, sin))
                return torch.cat([c, d], -1)
              def spread(self: __torch__.Ops, x: Tensor) -> Tensor:
                rows = torch.size(x, 0)
                length = torch.size(x, 1)
                copies = torch.expand(torch.unsqueeze(x, 3), [rows, length, $keys, $group, $head])
                return torch.transpose(torch.reshape(copies, [rows, length, $queries, $head]), 1, 2)
              def attend(self: __torch__.Ops, x: Tensor, w: List[Tensor], i: int, cos: Tensor, sin: Tensor) -> Tensor:
                rows = torch.size(x, 0)
                length = torch.size(x, 1)
                fused = torch.linear((self).norm(x, w[i], ), w[torch.add(i, 1)])
                heads = torch.view(fused, [rows, length, $fusedheads, $head])
                turned = torch.slice(heads, 2, 0, $turnedheads)
                v = torch.slice(heads, 2, $turnedheads, $fusedheads)
                qk = (self).rotate(turned, cos, sin, )
                q = torch.transpose(torch.slice(qk, 2, 0, $queries), 1, 2)
                k = (self).spread(torch.slice(qk, 2, $queries, $turnedheads), )
                o = torch.scaled_dot_product_attention(q, k, (self).spread(v, ), None, 0., True)
                joined = torch.reshape(torch.transpose(o, 1, 2), [rows, length, $width])
                return torch.add(x, torch.linear(joined, w[torch.add(i, 2)]))
              def feed(self: __torch__.Ops, x: Tensor, w: List[Tensor], i: int) -> Tensor:
                both = torch.linear((self).norm(x, w[torch.add(i, 3)], ), w[torch.add(i, 4)])
                gate, up = torch.chunk(both, 2, -1)
                return torch.add(x, torch.linear(torch.mul(torch.silu(gate), up), w[torch.add(i, 5)]))
              def decode(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, picked: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
                length = torch.size(tokens, 1)
                c = torch.slice(cos, 0, 0, length)
                s = torch.slice(sin, 0, 0, length)
                x = torch.embedding(w[0], tokens)
                for l in range($layers):
                  i = torch.add(torch.mul(l, $leaves), 1)
                  x = (self).attend(x, w, i, c, s, )
                  x = (self).feed(x, w, i, )
                chosen = torch.index_select(torch.view(x, [-1, $hidden]), 0, picked)
                return (self).norm(chosen, w[$last], )
              def logits(self: __torch__.Ops, w: List[Tensor], tokens: Tensor, picked: Tensor, cos: Tensor, sin: Tensor, matrix: Tensor) -> Tensor:
                return torch.linear((self).decode(w, tokens, picked, cos, sin, ), matrix)
              def plus(self: __torch__.Ops, sum: Tensor, term: Tensor) -> NoneType:
                sum0 = torch.add_(sum, term)
                return None
              def gradients(self: __torch__.Ops, y: Tensor, w: List[Tensor], gradient: Tensor) -> List[Tensor]:
                found = torch.grad([y], w, annotate(List[Optional[Tensor]], [gradient]))
                result = annotate(List[Tensor], [])
                for i in range(torch.len(found)):
                  result0 = torch.append(result, torch.contiguous(unchecked_cast(Tensor, found[i])))
                return result
            """;

    private DecoderSource() {}

    static String of(ModelConfig config) {
        return fill(TEMPLATE, config);
    }

    /** Writes the sizes of {@code config} into a text. */
    static String fill(String template, ModelConfig config) {
        int turned = config.attentionHeads() + config.keyValueHeads();
        return template.replace("$half", Integer.toString(config.headSize() / 2))
                .replace("$theta", Double.toString(config.ropeTheta()))
                .replace("$hidden", Integer.toString(config.hiddenSize()))
                .replace("$epsilon", Double.toString(config.normEpsilon()))
                .replace("$fusedheads", Integer.toString(turned + config.keyValueHeads()))
                .replace("$turnedheads", Integer.toString(turned))
                .replace("$head", Integer.toString(config.headSize()))
                .replace("$queries", Integer.toString(config.attentionHeads()))
                .replace("$keys", Integer.toString(config.keyValueHeads()))
                .replace("$group", Integer.toString(config.attentionHeads() / config.keyValueHeads()))
                .replace("$width", Integer.toString(config.attentionHeads() * config.headSize()))
                .replace("$layers", Integer.toString(config.layers()))
                .replace("$leaves", Integer.toString(WeightLayout.LEAVES_PER_LAYER))
                .replace("$last", Integer.toString(1 + config.layers() * WeightLayout.LEAVES_PER_LAYER));
    }
}
