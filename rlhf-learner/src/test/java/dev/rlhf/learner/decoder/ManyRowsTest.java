package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.block.Activation;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.GatedLinearUnit;
import dev.rlhf.learner.block.Gelu;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server's activations of so many rows that threads divide them, of widths that end where no register of the processor does. */
class ManyRowsTest {
    /** More numbers than three threads take whole parts of. */
    private static final int NUMBERS = 370_000;

    private static final int FEW = 4;

    static Stream<Arguments> blocks() {
        return Stream.of(11, 13, 37, 128, 1365)
                .flatMap(width -> Stream.of(
                        Arguments.of(new GatedLinearUnit(width, new Activation.Silu()), 2 * width),
                        Arguments.of(new GatedLinearUnit(width, Gelu.Form.EXACT), 2 * width),
                        Arguments.of(new GatedLinearUnit(width, Gelu.Form.TANH), 2 * width),
                        Arguments.of(new Gelu(Gelu.Form.EXACT), width),
                        Arguments.of(new Gelu(Gelu.Form.TANH), width)));
    }

    @AfterEach
    void oneThread() {
        NativeScope.prepareThread(1);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void aRowHasTheBitsThatItHasAmongFew(Block block, int inputs) {
        Cell cell = Cell.of(List.of(block), List.of()).get(0);
        BlockMethods methods = new BlockMethods(Precision.FLOAT32, Backend.CPU, false);
        String passes =
                """
                  def prefilled(self: __torch__.Ops, x: Tensor) -> Tensor:
                    return PREFILL
                  def stepped(self: __torch__.Ops, x: Tensor) -> Tensor:
                    return STEP
                """.replace("PREFILL", methods.prefill(cell, "x")).replace("STEP", methods.step(cell, "x", 0, 0));
        int rows = NUMBERS / inputs / FEW * FEW;
        ScriptModule module = ScriptModule.compile(methods.text() + passes);
        try (NDManager scope = NativeScope.open()) {
            NDArray x = scope.create(drawn(rows * inputs), new Shape(rows, inputs));
            NativeScope.prepareThread(1);
            float[] wanted = amongFew(module, scope, x);
            for (int threads = 1; threads <= 3; threads++) {
                NativeScope.prepareThread(threads);
                for (String way : List.of("prefilled", "stepped")) {
                    assertThat(module.call(scope, way, x).toFloatArray())
                            .as(way + " by " + threads + " threads")
                            .isEqualTo(wanted);
                }
            }
        } finally {
            module.close();
        }
    }

    private static float[] amongFew(ScriptModule module, NDManager scope, NDArray x) {
        int rows = (int) x.getShape().get(0);
        float[] all = new float[0];
        for (int row = 0; row < rows; row += FEW) {
            float[] some = module.call(scope, "stepped", x.get(row + ":" + (row + FEW)))
                    .toFloatArray();
            if (row == 0) {
                all = new float[some.length * rows / FEW];
            }
            System.arraycopy(some, 0, all, row / FEW * some.length, some.length);
        }
        return all;
    }

    private static float[] drawn(int count) {
        Random random = new Random(count);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (3 * random.nextGaussian());
        }
        return numbers;
    }
}
