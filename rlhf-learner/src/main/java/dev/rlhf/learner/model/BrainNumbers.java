package dev.rlhf.learner.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.files.Numbers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Runs of bfloat16 numbers in native memory.
 *
 * <p>DJL knows no such type, and asking one of these arrays for its type ends the process: only a {@link ScriptModule} may look at
 * them. Windows onto them are float32 copies, which libtorch widens, and rounds back when they are filled.
 */
final class BrainNumbers implements AutoCloseable {
    private static final String SOURCE = """
              def zeros(self: __torch__.Ops, size: int) -> Tensor:
                return torch.zeros([size], dtype=15, layout=None, device=None, pin_memory=None)
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
    private final NDArray window;
    private final ByteBuffer bytes;

    /** Runs that {@code scope} owns. */
    BrainNumbers(NDManager scope) {
        this.scope = scope;
        this.window = scope.zeros(new Shape(Numbers.MOST));
        this.bytes = window.toByteBuffer(true);
    }

    /** A run of zeros. */
    NDArray zeros(long size) {
        return module.call(scope, "zeros", size);
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
    }
}
