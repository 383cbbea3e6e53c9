package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.Set;

/**
 * Log-prob of the chosen token and entropy, from logits {@code z = h·Wᵀ / temperature}.
 *
 * <p>With p = softmax(z), l = log p and H = −Σ p·l: {@code ∂l_y/∂z = onehot(y) − p} and {@code ∂H/∂z = −p·(l + H)}. Entropies are computed
 * where they are wanted, and p where they or a derivative are.
 */
record LanguageModelHead(ScriptModule module) implements OutputHead {
    static final String SOURCE = """
              def read(self: __torch__.Ops, hidden: Tensor, matrix: Tensor, targets: Tensor, sharpness: float) -> List[Tensor]:
                scaled = torch.mul(hidden, sharpness)
                logs = torch.log_softmax(torch.linear(scaled, matrix), -1)
                return [torch.gather(logs, 1, targets), logs, scaled]
              def shares(self: __torch__.Ops, logs: Tensor) -> Tensor:
                return torch.exp_(logs)
              def entropies(self: __torch__.Ops, logs: Tensor) -> List[Tensor]:
                shares = torch.exp(logs)
                return [torch.neg(torch.sum(torch.mul(shares, logs), [-1], True)), shares]
              def back(self: __torch__.Ops, g: Tensor, targets: Tensor, matrix: Tensor, shares: Tensor, scaled: Tensor, sharpness: float) -> List[Tensor]:
                z = torch.mul_(shares, torch.neg(g))
                return (self).finish(torch.scatter_add_(z, 1, targets, g), matrix, scaled, sharpness, )
              def back_with_entropy(self: __torch__.Ops, g: Tensor, h: Tensor, targets: Tensor, matrix: Tensor, read: List[Tensor], spread: List[Tensor], sharpness: float) -> List[Tensor]:
                slope = torch.add(torch.mul_(torch.add_(read[1], spread[0]), h), g)
                z = torch.neg_(torch.mul_(spread[1], slope))
                return (self).finish(torch.scatter_add_(z, 1, targets, g), matrix, read[2], sharpness, )
              def finish(self: __torch__.Ops, z: Tensor, matrix: Tensor, scaled: Tensor, sharpness: float) -> List[Tensor]:
                return [torch.mul_(torch.matmul(z, matrix), sharpness), torch.matmul(torch.t(z), scaled)]
            """;

    private static final float[][] NONE = {};

    @Override
    public Reading read(
            NDManager scope, NDArray hidden, NDArray matrix, RowLayout rows, double temperature, Set<Output> wanted) {
        double sharpness = 1.0 / temperature;
        NDArray targets = rows.targets(scope);
        NDList read = module.callForList(scope, "read", hidden, matrix, targets, sharpness);
        NDArray logs = read.get(1);
        NDList spread = wanted.contains(Output.ENTROPIES) ? module.callForList(scope, "entropies", logs) : new NDList();
        TokenOutputs outputs = TokenOutputs.ofPolicy(
                wanted.contains(Output.LOG_PROBS) ? rows.ragged(read.get(0).toFloatArray()) : NONE,
                spread.isEmpty() ? NONE : rows.ragged(spread.get(0).toFloatArray()));
        return new Reading() {
            @Override
            public TokenOutputs outputs() {
                return outputs;
            }

            @Override
            public NDList gradients(TokenGradients gradients) {
                NDArray g = rows.column(scope, gradients.logProbs());
                if (gradients.entropies().length > 0) {
                    NDArray h = rows.column(scope, gradients.entropies());
                    return module.callForList(
                            scope, "back_with_entropy", g, h, targets, matrix, read, spread, sharpness);
                }
                NDArray shares = spread.isEmpty() ? module.call(scope, "shares", logs) : spread.get(1);
                return module.callForList(scope, "back", g, targets, matrix, shares, read.get(2), sharpness);
            }
        };
    }

    @Override
    public void close() {
        module.close();
    }
}
