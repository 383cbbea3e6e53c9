package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.Set;

/** One number from each hidden state: {@code v = h·wᵀ}. */
record ScalarHead(ScriptModule module) implements OutputHead {
    private static final String SOURCE = """
              def read(self: __torch__.Ops, hidden: Tensor, matrix: Tensor) -> Tensor:
                return torch.linear((self).widened(hidden, ), (self).widened(matrix, ))
              def back(self: __torch__.Ops, g: Tensor, hidden: Tensor, matrix: Tensor, sum: Tensor, before: float) -> Tensor:
                s0 = torch.addmm_(sum, torch.t(g), (self).widened(hidden, ), beta=before)
                return (self).rounded(torch.matmul(g, (self).widened(matrix, )), )
            """;

    /** The head of a network in such numbers; its own products are in float32 always. */
    static ScalarHead of(Precision precision, Backend backend) {
        return new ScalarHead(ScriptModule.compile(NumberMethods.of(precision, backend) + SOURCE));
    }

    @Override
    public Reading read(
            NDManager scope, NDArray hidden, NDArray matrix, RowLayout rows, double temperature, Set<Output> wanted) {
        float[] values = module.call(scope, "read", hidden, matrix).toFloatArray();
        TokenOutputs outputs = TokenOutputs.ofValues(rows.ragged(values));
        return new Reading() {
            @Override
            public TokenOutputs outputs() {
                return outputs;
            }

            @Override
            public NDArray gradients(TokenGradients gradients, NDArray sum, boolean onto) {
                NDArray g = rows.column(scope, gradients.values());
                return module.call(scope, "back", g, hidden, matrix, sum, onto ? 1.0 : 0.0);
            }
        };
    }

    @Override
    public void close() {
        module.close();
    }
}
