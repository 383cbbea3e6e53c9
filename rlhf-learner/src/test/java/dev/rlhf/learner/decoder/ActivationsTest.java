package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.rlhf.learner.block.Activation;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.GatedLinearUnit;
import dev.rlhf.learner.block.Gelu;
import org.junit.jupiter.api.Nested;

/** Each activation alone, against autograd through its equation. */
class ActivationsTest {
    private static final int WIDTH = 24;

    /** So that rows end where no register of the processor does. */
    private static final int ODD = 7;

    @Nested
    class OfSwiGlu extends BlockContract {
        @Override
        Block block() {
            return new GatedLinearUnit(WIDTH / 2, new Activation.Silu());
        }

        @Override
        int inputs() {
            return WIDTH;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDList halves = x.split(2, 1);
            NDArray gate = halves.get(0);
            NDArray sigmoid = gate.neg().exp().add(1).pow(-1);
            return gate.mul(sigmoid).mul(halves.get(1));
        }
    }

    @Nested
    class OfGelu extends BlockContract {
        @Override
        Block block() {
            return new Gelu(Gelu.Form.TANH);
        }

        @Override
        int inputs() {
            return ODD;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            return approximately(x);
        }

        @Override
        boolean givesTheSameBits() {
            return true;
        }
    }

    @Nested
    class OfExactGelu extends BlockContract {
        @Override
        Block block() {
            return new Gelu(Gelu.Form.EXACT);
        }

        @Override
        int inputs() {
            return ODD;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            return exactly(x);
        }

        @Override
        boolean givesTheSameBits() {
            return true;
        }
    }

    @Nested
    class OfGeGlu extends BlockContract {
        @Override
        Block block() {
            return new GatedLinearUnit(ODD, Gelu.Form.TANH);
        }

        @Override
        int inputs() {
            return 2 * ODD;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDList halves = x.split(2, 1);
            return approximately(halves.get(0)).mul(halves.get(1));
        }

        @Override
        boolean givesTheSameBits() {
            return true;
        }
    }

    @Nested
    class OfExactGeGlu extends BlockContract {
        @Override
        Block block() {
            return new GatedLinearUnit(ODD, Gelu.Form.EXACT);
        }

        @Override
        int inputs() {
            return 2 * ODD;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDList halves = x.split(2, 1);
            return exactly(halves.get(0)).mul(halves.get(1));
        }

        @Override
        boolean givesTheSameBits() {
            return true;
        }
    }

    private static NDArray approximately(NDArray x) {
        NDArray inner = x.add(x.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
        return x.mul(inner.tanh().add(1)).div(2);
    }

    private static NDArray exactly(NDArray x) {
        return x.mul(x.div(Math.sqrt(2)).erf().add(1)).div(2);
    }
}
