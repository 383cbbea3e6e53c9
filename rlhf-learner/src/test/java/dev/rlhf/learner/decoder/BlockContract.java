package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
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
    private static final double DOUBLE_TOLERANCE = 1e-12;

    private final NDManager scope = NativeScope.open();
    private final Random random = new Random(7);
    private final Block block;
    private final int inputs;
    private final Equation equation;
    private final Bits bits;

    /** What a block computes, in operators that autograd knows. */
    @FunctionalInterface
    interface Equation {
        /**
         * Its output.
         *
         * @param x [N, inputs]
         * @param weights in the block's order
         * @param tables cosines and sines, [S, 1, head/2] each
         */
        NDArray of(NDArray x, NDList weights, NDList tables);
    }

    /** How near what a server's ways give is to what the learner's gives. */
    enum Bits {
        SAME,
        CLOSE
    }

    /**
     * Of a small block.
     *
     * @param inputs numbers a row that it is given; 0 where that is a token id
     */
    BlockContract(Block block, int inputs, Equation equation, Bits bits) {
        this.block = block;
        this.inputs = inputs;
        this.equation = equation;
        this.bits = bits;
    }

    @AfterEach
    void free() {
        scope.close();
    }

    @Test
    void theWayBackIsThatOfAutograd() {
        compareWithAutograd(DataType.FLOAT32, false, TOLERANCE);
        compareWithAutograd(DataType.FLOAT32, true, TOLERANCE);
    }

    @Test
    void theWayBackIsThatOfAutogradInDoublePrecision() {
        compareWithAutograd(DataType.FLOAT64, false, DOUBLE_TOLERANCE);
        compareWithAutograd(DataType.FLOAT64, true, DOUBLE_TOLERANCE);
    }

    private void compareWithAutograd(DataType type, boolean asServed, double tolerance) {
        NativeScope.prepareThread(1);
        try (BlockModule module = BlockModule.of(block, type, asServed)) {
            NDArray x = input(type);
            NDList weights = weights(type);
            NDArray stream = x.duplicate();
            NDArray wanted = equation.of(x, weights, module.tables());
            NDArray g = drawn(wanted.getShape(), type);
            BlockModule.Passed passed = module.thereAndBack(scope, weights, x, g, stream);

            differentiate(x, weights, g, module.tables());

            assertClose("y", passed.y(), wanted, tolerance);
            List<Parameter> parameters = block.parameters();
            for (int i = 0; i < parameters.size(); i++) {
                assertClose(
                        "derivative of " + parameters.get(i).name(),
                        passed.found().get(i),
                        weights.get(i).getGradient(),
                        tolerance);
            }
            if (inputs > 0) {
                NDArray slope = x.getGradient();
                assertClose("dx", passed.dx(), block instanceof Norm ? slope.add(x.stopGradient()) : slope, tolerance);
            }
        }
    }

    @Test
    void aServerComputesTheSame() {
        NativeScope.prepareThread(1);
        try (BlockModule module = BlockModule.of(block, DataType.FLOAT32, true)) {
            NDArray x = input(DataType.FLOAT32);
            NDList weights = weights(DataType.FLOAT32);
            NDArray wanted = module.there(scope, weights, x);
            NDArray prompts = module.prompts(scope, weights, x);
            NDArray steps = module.steps(scope, weights, x);
            assertClose("prompts", prompts, wanted, TOLERANCE);
            assertClose("step after step", steps, wanted, TOLERANCE);
            if (bits == Bits.SAME) {
                assertThat(prompts.toFloatArray()).as("prompts").isEqualTo(wanted.toFloatArray());
                assertThat(steps.toFloatArray()).as("step after step").isEqualTo(wanted.toFloatArray());
            }
        }
    }

    @Test
    void aRowHasTheSameBitsWhateverIsBesideIt() {
        NativeScope.prepareThread(1);
        try (BlockModule module = BlockModule.of(block, DataType.FLOAT32, true)) {
            NDList weights = weights(DataType.FLOAT32);
            NDArray x = input(DataType.FLOAT32);
            NDArray others = input(DataType.FLOAT32);
            NDArray one = x.get("0:" + BlockModule.POSITIONS);
            NDArray beside = NDArrays.concat(new NDList(one, others.get(BlockModule.POSITIONS + ":")));
            assertThat(firsts(module.prompts(scope, weights, beside), BlockModule.POSITIONS))
                    .isEqualTo(firsts(module.prompts(scope, weights, x), BlockModule.POSITIONS));
            NDArray twice = NDArrays.concat(new NDList(x, others));
            assertThat(firsts(module.steps(scope, weights, twice), N))
                    .isEqualTo(firsts(module.steps(scope, weights, x), N));
        }
    }

    private static float[] firsts(NDArray rows, int count) {
        return rows.get("0:" + count).toFloatArray();
    }

    private void differentiate(NDArray x, NDList weights, NDArray g, NDList tables) {
        weights.forEach(weight -> weight.setRequiresGradient(true));
        if (inputs > 0) {
            x.setRequiresGradient(true);
        }
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(equation.of(x, weights, tables).mul(g).sum());
        }
    }

    private NDArray input(DataType type) {
        if (inputs > 0) {
            return drawn(new Shape(N, inputs), type);
        }
        return scope.create(random.longs(N, 0, BlockModule.VOCABULARY).toArray());
    }

    private NDList weights(DataType type) {
        NDList weights = new NDList();
        block.parameters().forEach(one -> weights.add(drawn(new Shape(one.shape()), type)));
        return weights;
    }

    private NDArray drawn(Shape shape, DataType type) {
        double[] numbers = random.doubles(shape.size(), -2, 2).toArray();
        return scope.create(numbers, shape).toType(type, false);
    }

    private static void assertClose(String what, NDArray found, NDArray wanted, double tolerance) {
        double[] numbers = found.toType(DataType.FLOAT64, false).toDoubleArray();
        double[] others = wanted.toType(DataType.FLOAT64, false).toDoubleArray();
        assertThat(numbers).as(what).hasSameSizeAs(others);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < others.length; i++) {
            difference += Math.pow(numbers[i] - others[i], 2);
            norm += Math.pow(others[i], 2);
        }
        assertThat(norm).as(what).isPositive();
        assertThat(Math.sqrt(difference / norm)).as(what).isLessThan(tolerance);
    }
}
