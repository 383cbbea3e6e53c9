package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.block.AttentionKernel;
import dev.rlhf.learner.block.Sight;
import org.junit.jupiter.api.Nested;

/** Attention by each kernel, near or far, capped or not, turned or not, against autograd. */
class AttentionTest {
    private static final int QUERIES = 4;
    private static final int KEYS = 2;
    private static final int HEAD = 6;
    private static final int WINDOW = 3;
    private static final double CAP = 0.7;

    /** Attention as its equation says. */
    private abstract static class Contract extends BlockContract {
        Contract(double cap, Sight sight, AttentionKernel kernel) {
            this(new Attention(QUERIES, KEYS, HEAD, 0.5, cap, sight, kernel));
        }

        private Contract(Attention attention) {
            super(
                    attention,
                    (QUERIES + 2 * KEYS) * HEAD,
                    (x, weights, tables) -> plain(attention, x, tables),
                    Bits.CLOSE);
        }

        private static NDArray plain(Attention attention, NDArray x, NDList tables) {
            double cap = attention.cap();
            NDList turning = attention.sight().turns().isEmpty() ? new NDList() : tables;
            NDArray heads = x.reshape(BlockModule.ROWS, BlockModule.POSITIONS, QUERIES + 2 * KEYS, HEAD)
                    .transpose(0, 2, 1, 3);
            NDArray hidden = hidden(heads, attention.sight().window())
                    .toType(x.getDataType(), false)
                    .mul(-1e30f);
            NDList outputs = new NDList();
            for (int query = 0; query < QUERIES; query++) {
                int key = QUERIES + query * KEYS / QUERIES;
                NDArray q = turned(head(heads, query), turning);
                NDArray k = turned(head(heads, key), turning);
                NDArray scores = q.matMul(k.transpose(0, 2, 1)).mul(0.5);
                NDArray bent = cap == 0 ? scores : scores.div(cap).tanh().mul(cap);
                outputs.add(bent.add(hidden).softmax(-1).matMul(head(heads, key + KEYS)));
            }
            return NDArrays.concat(outputs, 2).reshape(N, -1);
        }

        private static NDArray hidden(NDArray heads, int window) {
            NDArray places = heads.getManager().arange(BlockModule.POSITIONS);
            NDArray key = places.expandDims(0);
            NDArray query = places.expandDims(1);
            NDArray later = key.gt(query);
            return window == 0 ? later : later.logicalOr(key.lte(query.sub(window)));
        }

        private static NDArray head(NDArray heads, int index) {
            return heads.get(new NDIndex(":, {}", index));
        }

        /** Halves a and b of [B, S, head] by the angle of each position: a·cos − b·sin and b·cos + a·sin; as they are without tables. */
        private static NDArray turned(NDArray x, NDList tables) {
            if (tables.isEmpty()) {
                return x;
            }
            NDArray cos = table(tables.get(0));
            NDArray sin = table(tables.get(1));
            NDList halves = x.split(2, 2);
            NDArray a = halves.get(0);
            NDArray b = halves.get(1);
            return NDArrays.concat(
                    new NDList(a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))), 2);
        }

        private static NDArray table(NDArray whole) {
            return whole.get(":" + BlockModule.POSITIONS).duplicate().reshape(1, BlockModule.POSITIONS, -1);
        }
    }

    @Nested
    class Flash extends Contract {
        Flash() {
            super(0, BlockModule.SIGHT, AttentionKernel.FLASH);
        }
    }

    @Nested
    class FlashOfTheNearest extends Contract {
        FlashOfTheNearest() {
            super(0, BlockModule.SIGHT.within(WINDOW), AttentionKernel.FLASH);
        }
    }

    @Nested
    class FlashWithoutPositions extends Contract {
        FlashWithoutPositions() {
            super(0, Sight.NONE, AttentionKernel.FLASH);
        }
    }

    @Nested
    class Products extends Contract {
        Products() {
            super(0, BlockModule.SIGHT, AttentionKernel.PRODUCTS);
        }
    }

    @Nested
    class CappedProducts extends Contract {
        CappedProducts() {
            super(CAP, BlockModule.SIGHT, AttentionKernel.PRODUCTS);
        }
    }

    @Nested
    class CappedProductsOfTheNearest extends Contract {
        CappedProductsOfTheNearest() {
            super(CAP, BlockModule.SIGHT.within(WINDOW), AttentionKernel.PRODUCTS);
        }
    }
}
