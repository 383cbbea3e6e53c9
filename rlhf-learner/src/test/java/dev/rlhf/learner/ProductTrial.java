package dev.rlhf.learner;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.model.ModelConfig;
import java.util.Arrays;

/**
 * Whether this processor's matrix products give a row the same bits among four rows, as in a server's step, and among many, as in a learner.
 *
 * <p>Nothing but that decides whether the two say the same to the bit. MKL on AMD: yes, but for heads of 5 to 7 and 9 to 11 numbers.
 */
final class ProductTrial implements AutoCloseable {
    private static final int MANY = 60;
    private static final int FEW = 4;
    private static final int PAGE = 32;

    private final ScriptModule module = ScriptModule.compile("""
              def product(self: __torch__.Ops, a: Tensor, b: Tensor) -> Tensor:
                return torch.matmul(a, b)
            """);
    private final NDManager scope = NativeScope.open();

    private ProductTrial() {}

    /** Whether all products of a model's widths do. */
    static boolean alike(ModelConfig config) {
        try (ProductTrial trial = new ProductTrial()) {
            Attention attention = config.architecture().attention().get(0);
            int hidden = config.hiddenSize();
            return trial.alike(2, attention.head(), PAGE)
                    && trial.alike(2, PAGE, attention.head())
                    && trial.alike(1, hidden, hidden)
                    && trial.alike(1, hidden, config.vocabularySize());
        }
    }

    private boolean alike(int batch, int inner, int columns) {
        NDArray a = scope.randomUniform(-1, 1, new Shape(batch, MANY, inner));
        NDArray b = scope.randomUniform(-1, 1, new Shape(batch, inner, columns));
        float[] together = module.call(scope, "product", a, b).toFloatArray();
        for (int row = 0; row < MANY; row++) {
            NDArray few = a.get(":, " + row + ":" + (row + 1)).repeat(1, FEW);
            float[] apart = module.call(scope, "product", few, b).toFloatArray();
            for (int i = 0; i < batch * FEW; i++) {
                int start = (i / FEW * MANY + row) * columns;
                float[] same = Arrays.copyOfRange(together, start, start + columns);
                if (!Arrays.equals(same, Arrays.copyOfRange(apart, i * columns, (i + 1) * columns))) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void close() {
        module.close();
        scope.close();
    }
}
