package dev.rlhf.learner.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.core.update.Precision;
import dev.rlhf.learner.engine.Backend;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.files.Numbers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Runs of numbers that Java cannot look at where they lie: those in a GPU's memory, and bfloat16 ones.
 *
 * <p>DJL knows no bfloat16, and asking one of these arrays for its type ends the process: only a {@link ScriptModule} may look at
 * them. Windows onto them are float32 copies in the machine's memory, which libtorch fills, and brings back when they were filled.
 */
final class CopiedNumbers implements AutoCloseable {
    private static final String SOURCE = """
              def zeros(self: __torch__.Ops, place: Tensor, size: int, rounded: bool) -> Tensor:
                if rounded:
                  run = torch.new_zeros(place, [size], dtype=15)
                else:
                  run = torch.new_zeros(place, [size], dtype=6)
                return run
              def part(self: __torch__.Ops, run: Tensor, first: int, end: int, shape: List[int]) -> Tensor:
                return torch.view(torch.slice(run, 0, first, end), shape)
              def read(self: __torch__.Ops, window: Tensor, run: Tensor, first: int, count: int) -> NoneType:
                _0 = torch.copy_(torch.slice(window, 0, 0, count), torch.slice(run, 0, first, torch.add(first, count)))
                return None
              def write(self: __torch__.Ops, window: Tensor, run: Tensor, first: int, count: int) -> NoneType:
                _0 = torch.copy_(torch.slice(run, 0, first, torch.add(first, count)), torch.slice(window, 0, 0, count))
                return None
            """;

    private final ScriptModule module = ScriptModule.compile(SOURCE);
    private final NDManager scope;
    private final NDArray place;
    private final boolean rounded;
    private final NDManager sight = Backend.CPU.open();
    private final NDArray window = sight.zeros(new Shape(Numbers.MOST));
    private final ByteBuffer bytes = window.toByteBuffer(true);

    /** Runs that {@code scope} owns, where its tensors lie. */
    CopiedNumbers(NDManager scope, Precision precision) {
        this.scope = scope;
        this.place = scope.zeros(new Shape(1));
        this.rounded = precision == Precision.BFLOAT16;
    }

    /** A run of zeros. */
    NDArray zeros(long size) {
        return module.call(scope, "zeros", place, size, rounded);
    }

    /** A view of a part of a run. */
    NDArray part(NDArray run, long first, long end, long[] shape) {
        return module.call(scope, "part", run, first, end, shape);
    }

    /** The numbers of a run from {@code offset} on; all runs share one window. */
    Numbers numbers(NDArray run, long offset) {
        return new Numbers() {
            @Override
            public ByteBuffer window(long first, int count) {
                module.perform("read", window, run, offset + first, count);
                return bytes.slice(0, count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            }

            @Override
            public void filled(long first, int count) {
                module.perform("write", window, run, offset + first, count);
            }
        };
    }

    @Override
    public void close() {
        module.close();
        sight.close();
    }
}
