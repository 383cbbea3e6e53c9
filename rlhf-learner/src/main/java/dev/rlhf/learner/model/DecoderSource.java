package dev.rlhf.learner.model;

/**
 * TorchScript text of what all Llama decoders share (Touvron et al., arXiv 2302.13971).
 *
 * <p>The leaves come as one list {@code w} in the order of {@link WeightLayout}; {@code i} is the index of a layer's first.
 */
final class DecoderSource {
    private static final String SHARED = """
              def tables(self: __torch__.Ops, positions: Tensor) -> Tuple[Tensor, Tensor]:
                steps = torch.div(torch.mul(torch.slice(positions, 0, 0, $half), 2), $head.)
                frequencies = (self).bend(torch.reciprocal(torch.pow($theta, steps)), )
                angles = torch.unsqueeze(torch.outer(positions, frequencies), 1)
                return (torch.cos(angles), torch.sin(angles))
              def norm(self: __torch__.Ops, x: Tensor, w: Tensor) -> Tensor:
                return torch.rms_norm(x, [$hidden], w, $epsilon)
              def rotate(self: __torch__.Ops, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
                turned = torch.empty_like(x)
                a, b = torch.chunk(x, 2, -1)
                c, d = torch.chunk(turned, 2, -1)
                c0 = torch.addcmul_(torch.mul(a, cos, out=c), b, sin, value=-1)
                d0 = torch.addcmul_(torch.mul(b, cos, out=d), a, sin)
                return turned
              def feed(self: __torch__.Ops, x: Tensor, w: List[Tensor], i: int) -> Tensor:
                both = torch.linear((self).norm(x, w[torch.add(i, 3)], ), w[torch.add(i, 4)])
                gate, up = torch.chunk(both, 2, -1)
                return torch.add_(torch.linear(torch.mul_(torch.silu(gate), up), w[torch.add(i, 5)]), x)
            """;

    private DecoderSource() {}

    /** The methods that all decoders share and {@code own} ones, with the sizes of {@code config} written in. */
    static String with(String own, ModelConfig config) {
        int turned = config.attentionHeads() + config.keyValueHeads();
        return (config.rotary().scaling().source() + SHARED + own)
                .replace("$half", Integer.toString(config.headSize() / 2))
                .replace("$theta", Double.toString(config.rotary().theta()))
                .replace("$hidden", Integer.toString(config.hiddenSize()))
                .replace("$epsilon", Double.toString(config.normEpsilon()))
                .replace("$fusedheads", Integer.toString(turned + config.keyValueHeads()))
                .replace("$turnedheads", Integer.toString(turned))
                .replace("$head", Integer.toString(config.headSize()))
                .replace("$queries", Integer.toString(config.attentionHeads()))
                .replace("$keys", Integer.toString(config.keyValueHeads()))
                .replace("$group", Integer.toString(config.attentionHeads() / config.keyValueHeads()))
                .replace("$width", Integer.toString(config.attentionHeads() * config.headSize()))
                .replace("$vocabulary", Integer.toString(config.vocabularySize()))
                .replace("$layers", Integer.toString(config.layers()))
                .replace("$leaves", Integer.toString(WeightLayout.LEAVES_PER_LAYER))
                .replace("$last", Integer.toString(1 + config.layers() * WeightLayout.LEAVES_PER_LAYER));
    }
}
