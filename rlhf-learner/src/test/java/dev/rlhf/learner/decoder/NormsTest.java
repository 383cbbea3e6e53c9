package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import dev.rlhf.learner.block.DynamicTanh;
import dev.rlhf.learner.block.Gain;
import dev.rlhf.learner.block.InnerRmsNorm;
import dev.rlhf.learner.block.LayerNorm;
import dev.rlhf.learner.block.QueryKeyNorm;
import dev.rlhf.learner.block.RmsNorm;
import org.junit.jupiter.api.Nested;

/** Each norm alone, against autograd through its equation. */
class NormsTest {
    private static final int WIDTH = 24;
    private static final double EPSILON = 1e-3;
    private static final int QUERIES = 4;
    private static final int KEYS = 2;
    private static final int HEAD = 6;

    /** Runs along an axis, divided by their root mean squares. */
    private static NDArray unit(NDArray x, int axis) {
        return x.div(x.square().mean(new int[] {axis}, true).add(EPSILON).sqrt());
    }

    @Nested
    class OfRmsNorm extends BlockContract {
        OfRmsNorm() {
            super(
                    new RmsNorm(WIDTH, EPSILON),
                    WIDTH,
                    (x, weights, tables) -> unit(x, 1).mul(weights.get(0)),
                    Bits.SAME);
        }
    }

    @Nested
    class OfRmsNormPlusOne extends BlockContract {
        OfRmsNormPlusOne() {
            super(
                    new RmsNorm(WIDTH, EPSILON, Gain.PLUS_ONE),
                    WIDTH,
                    (x, weights, tables) -> unit(x, 1).mul(weights.get(0).add(1)),
                    Bits.SAME);
        }
    }

    @Nested
    class OfInnerRmsNorm extends BlockContract {
        OfInnerRmsNorm() {
            super(
                    new InnerRmsNorm(WIDTH, EPSILON, Gain.PLAIN),
                    WIDTH,
                    (x, weights, tables) -> unit(x, 1).mul(weights.get(0)),
                    Bits.SAME);
        }
    }

    @Nested
    class OfInnerRmsNormPlusOne extends BlockContract {
        OfInnerRmsNormPlusOne() {
            super(
                    new InnerRmsNorm(WIDTH, EPSILON, Gain.PLUS_ONE),
                    WIDTH,
                    (x, weights, tables) -> unit(x, 1).mul(weights.get(0).add(1)),
                    Bits.SAME);
        }
    }

    @Nested
    class OfQueryKeyNormOfEachHead extends BlockContract {
        OfQueryKeyNormOfEachHead() {
            super(
                    QueryKeyNorm.ofEachHead(QUERIES, KEYS, HEAD, EPSILON, Gain.PLUS_ONE),
                    (QUERIES + 2 * KEYS) * HEAD,
                    OfQueryKeyNormOfEachHead::plain,
                    Bits.SAME);
        }

        private static NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDArray heads = x.reshape(N, -1, HEAD);
            NDArray q = unit(heads.get(":, 0:4"), 2).mul(weights.get(0).add(1));
            NDArray k = unit(heads.get(":, 4:6"), 2).mul(weights.get(1).add(1));
            return NDArrays.concat(new NDList(q, k, heads.get(":, 6:")), 1).reshape(N, -1);
        }
    }

    @Nested
    class OfQueryKeyNormOfAllHeads extends BlockContract {
        OfQueryKeyNormOfAllHeads() {
            super(
                    QueryKeyNorm.ofAllHeads(QUERIES, KEYS, HEAD, EPSILON, Gain.PLAIN),
                    (QUERIES + 2 * KEYS) * HEAD,
                    OfQueryKeyNormOfAllHeads::plain,
                    Bits.SAME);
        }

        private static NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDArray q = unit(x.get(":, 0:24"), 1).mul(weights.get(0));
            NDArray k = unit(x.get(":, 24:36"), 1).mul(weights.get(1));
            return NDArrays.concat(new NDList(q, k, x.get(":, 36:")), 1);
        }
    }

    @Nested
    class OfLayerNorm extends BlockContract {
        OfLayerNorm() {
            super(new LayerNorm(WIDTH, EPSILON), WIDTH, OfLayerNorm::plain, Bits.SAME);
        }

        private static NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDArray centred = x.sub(x.mean(new int[] {1}, true));
            NDArray variance = centred.square().mean(new int[] {1}, true).add(EPSILON);
            return centred.div(variance.sqrt()).mul(weights.get(0)).add(weights.get(1));
        }
    }

    @Nested
    class OfDynamicTanh extends BlockContract {
        OfDynamicTanh() {
            super(new DynamicTanh(WIDTH), WIDTH, OfDynamicTanh::plain, Bits.CLOSE);
        }

        private static NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDArray bent = x.mul(weights.get(2)).tanh();
            return bent.mul(weights.get(0)).add(weights.get(1));
        }
    }
}
