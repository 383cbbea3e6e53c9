package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
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
        OfTokenEmbedding() {
            super(new TokenEmbedding(BlockModule.VOCABULARY, WIDTH), 0, OfTokenEmbedding::plain, Bits.CLOSE);
        }

        private static NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDArray chosen = x.oneHot(BlockModule.VOCABULARY, weights.get(0).getDataType());
            return chosen.matMul(weights.get(0));
        }
    }

    @Nested
    class OfLinear extends BlockContract {
        OfLinear() {
            super(
                    new Linear(WIDTH, List.of(new Parameter.Part("a", 5), new Parameter.Part("b", 3))),
                    WIDTH,
                    (x, weights, tables) -> x.matMul(weights.get(0).transpose()),
                    Bits.CLOSE);
        }
    }

    @Nested
    class OfLinearWithBias extends BlockContract {
        OfLinearWithBias() {
            super(
                    new Linear(WIDTH, List.of(new Parameter.Part("a.weight", 5), new Parameter.Part("b.weight", 3)))
                            .withBias(),
                    WIDTH,
                    (x, weights, tables) -> x.matMul(weights.get(0).transpose()).add(weights.get(1)),
                    Bits.CLOSE);
        }
    }

    @Nested
    class OfTransposedLinear extends BlockContract {
        OfTransposedLinear() {
            super(
                    new TransposedLinear(WIDTH, 8, "c_fc"),
                    WIDTH,
                    (x, weights, tables) -> x.matMul(weights.get(0)).add(weights.get(1)),
                    Bits.CLOSE);
        }
    }

    @Nested
    class OfHeadsApart extends BlockContract {
        private static final int HEADS = 4;
        private static final int HEAD = 2;

        OfHeadsApart() {
            super(new HeadsApart(HEADS, HEAD), 3 * HEADS * HEAD, OfHeadsApart::plain, Bits.SAME);
        }

        private static NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDList parts = new NDList();
            for (int part = 0; part < 3; part++) {
                for (int head = 0; head < HEADS; head++) {
                    int first = (3 * head + part) * HEAD;
                    parts.add(x.get(":, " + first + ":" + (first + HEAD)));
                }
            }
            return NDArrays.concat(parts, 1);
        }
    }

    @Nested
    class OfScale extends BlockContract {
        OfScale() {
            super(new Scale(Math.sqrt(WIDTH)), WIDTH, (x, weights, tables) -> x.mul(Math.sqrt(WIDTH)), Bits.SAME);
        }
    }

    @Nested
    class OfLearnedPositions extends BlockContract {
        OfLearnedPositions() {
            super(new LearnedPositions(BlockModule.POSITIONS + 2, WIDTH), WIDTH, OfLearnedPositions::plain, Bits.SAME);
        }

        private static NDArray plain(NDArray x, NDList weights, NDList tables) {
            NDArray each = weights.get(0).get("0:" + BlockModule.POSITIONS);
            return x.add(NDArrays.concat(new NDList(each, each, each, each)));
        }
    }
}
