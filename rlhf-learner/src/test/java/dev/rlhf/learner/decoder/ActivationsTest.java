package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.rlhf.learner.block.Activation;
import dev.rlhf.learner.block.GatedLinearUnit;
import dev.rlhf.learner.block.Gelu;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;

/** Each activation alone, against autograd through its equation. */
class ActivationsTest {
    private static final int WIDTH = 24;

    /** So that rows end where no register of the processor does. */
    private static final int ODD = 7;

    @Nested
    class OfSwiGlu extends BlockContract {
        OfSwiGlu() {
            super(
                    new GatedLinearUnit(WIDTH / 2, new Activation.Silu()),
                    WIDTH,
                    gated(ActivationsTest::silu),
                    Bits.CLOSE);
        }
    }

    @Nested
    class OfGelu extends BlockContract {
        OfGelu() {
            super(new Gelu(Gelu.Form.TANH), ODD, (x, weights, tables) -> approximately(x), Bits.SAME);
        }
    }

    @Nested
    class OfExactGelu extends BlockContract {
        OfExactGelu() {
            super(new Gelu(Gelu.Form.EXACT), ODD, (x, weights, tables) -> exactly(x), Bits.SAME);
        }
    }

    @Nested
    class OfGeGlu extends BlockContract {
        OfGeGlu() {
            super(new GatedLinearUnit(ODD, Gelu.Form.TANH), 2 * ODD, gated(ActivationsTest::approximately), Bits.SAME);
        }
    }

    @Nested
    class OfExactGeGlu extends BlockContract {
        OfExactGeGlu() {
            super(new GatedLinearUnit(ODD, Gelu.Form.EXACT), 2 * ODD, gated(ActivationsTest::exactly), Bits.SAME);
        }
    }

    private static BlockContract.Equation gated(UnaryOperator<NDArray> activation) {
        return (x, weights, tables) -> {
            NDList halves = x.split(2, 1);
            return activation.apply(halves.get(0)).mul(halves.get(1));
        };
    }

    private static NDArray silu(NDArray x) {
        return x.mul(x.neg().exp().add(1).pow(-1));
    }

    private static NDArray approximately(NDArray x) {
        NDArray inner = x.add(x.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
        return x.mul(inner.tanh().add(1)).div(2);
    }

    private static NDArray exactly(NDArray x) {
        return x.mul(x.div(Math.sqrt(2)).erf().add(1)).div(2);
    }
}
