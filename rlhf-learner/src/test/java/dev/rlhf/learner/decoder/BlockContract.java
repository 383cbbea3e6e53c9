package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.Parameter;
import dev.rlhf.learner.engine.NativeScope;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a block owes: its way back is that of autograd through its plain equation, and a server's ways give what the learner's gives. */
abstract class BlockContract {
    /** Positions of all rows together. */
    static final int N = BlockModule.ROWS * BlockModule.POSITIONS;

    private static final double TOLERANCE = 2e-5;

    private final NDManager scope = NativeScope.open();
    private final Random random = new Random(7);

    /** The block, small. */
    abstract Block block();

    /** Numbers a row that it is given; 0 where that is a token id. */
    abstract int inputs();

    /**
     * Its equation in operators that autograd knows.
     *
     * @param x [N, inputs]
     * @param weights in the block's order
     * @param tables cosines and sines, [S, 1, head/2] each
     */
    abstract NDArray plain(NDArray x, NDList weights, NDList tables);

    @AfterEach
    void free() {
        scope.close();
    }

    @Test
    void theWayBackIsThatOfAutograd() {
        NativeScope.prepareThread(1);
        try (BlockModule module = BlockModule.of(block())) {
            NDArray x = input();
            NDList weights = weights();
            NDArray stream = x.duplicate();
            NDArray wanted = plain(x, weights, module.tables());
            NDArray g = drawn(wanted.getShape());
            BlockModule.Passed passed = module.thereAndBack(scope, weights, x, g, stream);

            differentiate(x, weights, g, module.tables());

            assertClose("y", passed.y(), wanted);
            List<Parameter> parameters = block().parameters();
            for (int i = 0; i < parameters.size(); i++) {
                assertClose(
                        "derivative of " + parameters.get(i).name(),
                        passed.found().get(i),
                        weights.get(i).getGradient());
            }
            if (inputs() > 0) {
                NDArray slope = x.getGradient();
                assertClose("dx", passed.dx(), block() instanceof Norm ? slope.add(x.stopGradient()) : slope);
            }
        }
    }

    @Test
    void aServerComputesTheSame() {
        NativeScope.prepareThread(1);
        try (BlockModule module = BlockModule.of(block())) {
            NDArray x = input();
            NDList weights = weights();
            NDArray wanted = module.there(scope, weights, x);
            assertClose("prompts", module.prompts(scope, weights, x), wanted);
            assertClose("step after step", module.steps(scope, weights, x), wanted);
        }
    }

    private void differentiate(NDArray x, NDList weights, NDArray g, NDList tables) {
        weights.forEach(weight -> weight.setRequiresGradient(true));
        if (inputs() > 0) {
            x.setRequiresGradient(true);
        }
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(plain(x, weights, tables).mul(g).sum());
        }
    }

    private NDArray input() {
        if (inputs() > 0) {
            return drawn(new Shape(N, inputs()));
        }
        return scope.create(
                random.longs(N, 0, BlockModule.VOCABULARY).toArray());
    }

    private NDList weights() {
        NDList weights = new NDList();
        block().parameters().forEach(one -> weights.add(drawn(new Shape(one.shape()))));
        return weights;
    }

    private NDArray drawn(Shape shape) {
        float[] numbers = new float[(int) shape.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return scope.create(numbers, shape);
    }

    private static void assertClose(String what, NDArray found, NDArray wanted) {
        float[] numbers = found.toFloatArray();
        float[] others = wanted.toFloatArray();
        assertThat(numbers).as(what).hasSameSizeAs(others);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < others.length; i++) {
            difference += Math.pow((double) numbers[i] - others[i], 2);
            norm += Math.pow(others[i], 2);
        }
        assertThat(norm).as(what).isPositive();
        assertThat(Math.sqrt(difference / norm)).as(what).isLessThan(TOLERANCE);
    }
}
