package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.learner.engine.ScriptModule;

/**
 * Log-prob of the chosen token and entropy, from logits {@code z = h·Wᵀ / temperature}.
 *
 * <p>With p = softmax(z), l = log p and H = −Σ p·l: {@code ∂l_y/∂z = onehot(y) − p} and {@code ∂H/∂z = −p·(l + H)}.
 */
record LanguageModelHead(ScriptModule module) implements OutputHead {
    static final String SOURCE = """
              def read(self: __torch__.Ops, hidden: Tensor, matrix: Tensor, targets: Tensor, sharpness: float) -> List[Tensor]:
                scaled = torch.mul(hidden, sharpness)
                logs = torch.log_softmax(torch.linear(scaled, matrix), -1)
                shares = torch.exp(logs)
                entropies = torch.neg(torch.sum(torch.mul(shares, logs), [-1], True))
                return [torch.gather(logs, 1, targets), entropies, shares, logs, scaled]
              def back(self: __torch__.Ops, g: Tensor, targets: Tensor, matrix: Tensor, read: List[Tensor], sharpness: float) -> List[Tensor]:
                z = torch.mul_(read[2], torch.neg(g))
                return (self).finish(torch.scatter_add_(z, 1, targets, g), matrix, read[4], sharpness, )
              def back_with_entropy(self: __torch__.Ops, g: Tensor, h: Tensor, targets: Tensor, matrix: Tensor, read: List[Tensor], sharpness: float) -> List[Tensor]:
                slope = torch.add(torch.mul_(torch.add_(read[3], read[1]), h), g)
                z = torch.neg_(torch.mul_(read[2], slope))
                return (self).finish(torch.scatter_add_(z, 1, targets, g), matrix, read[4], sharpness, )
              def finish(self: __torch__.Ops, z: Tensor, matrix: Tensor, scaled: Tensor, sharpness: float) -> List[Tensor]:
                return [torch.mul_(torch.matmul(z, matrix), sharpness), torch.matmul(torch.t(z), scaled)]
            """;

    @Override
    public Reading read(NDManager scope, NDArray hidden, NDArray matrix, PaddedRows rows, double temperature) {
        double sharpness = 1.0 / temperature;
        NDArray targets = rows.targets(scope);
        NDList read = module.callForList(scope, "read", hidden, matrix, targets, sharpness);
        TokenOutputs outputs = TokenOutputs.ofPolicy(
                rows.ragged(read.get(0).toFloatArray()), rows.ragged(read.get(1).toFloatArray()));
        return new Reading() {
            @Override
            public TokenOutputs outputs() {
                return outputs;
            }

            @Override
            public NDList gradients(TokenGradients gradients) {
                NDArray g = rows.column(scope, gradients.logProbs());
                if (gradients.entropies().length == 0) {
                    return module.callForList(scope, "back", g, targets, matrix, read, sharpness);
                }
                NDArray h = rows.column(scope, gradients.entropies());
                return module.callForList(scope, "back_with_entropy", g, h, targets, matrix, read, sharpness);
            }
        };
    }

    @Override
    public void close() {
        module.close();
    }
}
