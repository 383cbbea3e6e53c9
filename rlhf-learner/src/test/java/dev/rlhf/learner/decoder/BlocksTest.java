package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.HeadsApart;
import dev.rlhf.learner.block.LearnedPositions;
import dev.rlhf.learner.block.Linear;
import dev.rlhf.learner.block.Parameter;
import dev.rlhf.learner.block.Scale;
import dev.rlhf.learner.block.TokenEmbedding;
import dev.rlhf.learner.block.TransposedLinear;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** Each block alone, against autograd through its equation; norms are in {@link NormsTest}, activations in {@link ActivationsTest}. */
class BlocksTest {
    private static final int WIDTH = 24;

    @Nested
    class OfTokenEmbedding extends BlockContract {
        @Override
        Block block() {
            return new TokenEmbedding(BlockModule.VOCABULARY, WIDTH);
        }

        @Override
        int inputs() {
            return 0;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDArray chosen = x.oneHot(BlockModule.VOCABULARY, weights.get(0).getDataType());
            return chosen.matMul(weights.get(0));
        }
    }

    @Nested
    class OfLinear extends BlockContract {
        @Override
        Block block() {
            return new Linear(WIDTH, List.of(new Parameter.Part("a", 5), new Parameter.Part("b", 3)));
        }

        @Override
        int inputs() {
            return WIDTH;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            return x.matMul(weights.get(0).transpose());
        }
    }

    @Nested
    class OfLinearWithBias extends BlockContract {
        @Override
        Block block() {
            return new Linear(WIDTH, List.of(new Parameter.Part("a.weight", 5), new Parameter.Part("b.weight", 3)))
                    .withBias();
        }

        @Override
        int inputs() {
            return WIDTH;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            return x.matMul(weights.get(0).transpose()).add(weights.get(1));
        }
    }

    @Nested
    class OfTransposedLinear extends BlockContract {
        @Override
        Block block() {
            return new TransposedLinear(WIDTH, 8, "c_fc");
        }

        @Override
        int inputs() {
            return WIDTH;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            return x.matMul(weights.get(0)).add(weights.get(1));
        }
    }

    @Nested
    class OfHeadsApart extends BlockContract {
        private static final int HEADS = 4;
        private static final int HEAD = 2;

        @Override
        Block block() {
            return new HeadsApart(HEADS, HEAD);
        }

        @Override
        int inputs() {
            return 3 * HEADS * HEAD;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDList parts = new NDList();
            for (int part = 0; part < 3; part++) {
                for (int head = 0; head < HEADS; head++) {
                    int first = (3 * head + part) * HEAD;
                    parts.add(x.get(":, " + first + ":" + (first + HEAD)));
                }
            }
            return NDArrays.concat(parts, 1);
        }

        @Override
        boolean givesTheSameBits() {
            return true;
        }
    }

    @Nested
    class OfScale extends BlockContract {
        @Override
        Block block() {
            return new Scale(Math.sqrt(WIDTH));
        }

        @Override
        int inputs() {
            return WIDTH;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            return x.mul(Math.sqrt(WIDTH));
        }

        @Override
        boolean givesTheSameBits() {
            return true;
        }
    }

    @Nested
    class OfLearnedPositions extends BlockContract {
        @Override
        Block block() {
            return new LearnedPositions(BlockModule.POSITIONS + 2, WIDTH);
        }

        @Override
        int inputs() {
            return WIDTH;
        }

        @Override
        NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDArray each = weights.get(0).get("0:" + BlockModule.POSITIONS);
            return x.add(NDArrays.concat(new NDList(each, each, each, each)));
        }

        @Override
        boolean givesTheSameBits() {
            return true;
        }
    }
}
