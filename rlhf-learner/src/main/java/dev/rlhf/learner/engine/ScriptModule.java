package dev.rlhf.learner.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.rlhf.core.base.RlhfException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Functions on tensors, compiled by libtorch from text.
 *
 * <p>The text is a list of methods in TorchScript's serialised dialect, each indented by two spaces, for example
 *
 * <pre>{@code
 *   def twice(self: __torch__.Ops, x: Tensor) -> Tensor:
 *     return torch.mul(x, 2)
 * }</pre>
 *
 * <p>{@code torch.X} is the ATen operator X; a method calls another by {@code (self).name(x, )}. Calls run in inference mode:
 * nothing is recorded for autograd, and who wants a derivative writes it out.
 */
public final class ScriptModule implements AutoCloseable {
    /** How libtorch's sentence begins where a GPU's memory lacks. */
    private static final String NO_MEMORY = "CUDA out of memory";

    private final NDManager manager;
    private final PtSymbolBlock block;

    private ScriptModule(NDManager manager, PtSymbolBlock block) {
        this.manager = manager;
        this.block = block;
    }

    /**
     * Compiles {@code methods}.
     *
     * @throws RlhfException BUG with libtorch's message when the text does not compile
     */
    public static ScriptModule compile(String methods) {
        NDManager manager = NativeScope.open();
        try {
            ByteArrayInputStream archive = new ByteArrayInputStream(ScriptArchive.of(methods));
            return new ScriptModule(manager, JniUtils.loadModule((PtNDManager) manager, archive, false, false));
        } catch (EngineException e) {
            manager.close();
            throw RlhfException.bug("a generated module does not compile: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("reading an archive in memory cannot fail", e);
        }
    }

    /**
     * Calls a method that returns one tensor.
     *
     * @param scope owner of the result
     * @param arguments each an {@link NDArray}, an {@link NDList} (List[Tensor]), an Integer, Long, Double or Boolean, or
     *     a long[] (List[int]), or what another call {@link Held holds}
     */
    public NDArray call(NDManager scope, String method, Object... arguments) {
        try (IValue result = run(method, arguments)) {
            return result.toTensor((PtNDManager) scope);
        }
    }

    /** Calls a method that returns a tuple or list of tensors; arguments as in {@link #call}. */
    public NDList callForList(NDManager scope, String method, Object... arguments) {
        try (IValue result = run(method, arguments)) {
            return result.toNDList((PtNDManager) scope);
        }
    }

    /**
     * Calls a method that returns a tensor and a list of tensors.
     *
     * @param scope owner of the tensor
     */
    public Recorded record(NDManager scope, String method, Object... arguments) {
        try (IValue result = run(method, arguments)) {
            IValue[] parts = result.toIValueTuple();
            NDArray tensor = parts[0].toTensor((PtNDManager) scope);
            parts[0].close();
            return new Recorded(tensor, new Held(parts[1]));
        }
    }

    /**
     * Calls a method that returns a list of tensors, which stay on libtorch's side of the border: a call that takes them hands over one
     * thing. None may be a tensor that Java made, whose numbers go with it.
     */
    public Held hold(String method, Object... arguments) {
        return new Held(run(method, arguments));
    }

    /** A tensor, and others that stay on libtorch's side of the border. */
    public record Recorded(NDArray tensor, Held held) {}

    /** Tensors that no one looks at, but that a later call takes; freed when closed. */
    public static final class Held implements AutoCloseable {
        private final IValue value;

        private Held(IValue value) {
            this.value = value;
        }

        @Override
        public void close() {
            value.close();
        }
    }

    /** Calls a method for what it does to its arguments; it returns None. */
    public void perform(String method, Object... arguments) {
        run(method, arguments).close();
    }

    private IValue run(String method, Object... arguments) {
        IValue[] values = new IValue[arguments.length];
        try {
            for (int i = 0; i < arguments.length; i++) {
                values[i] = arguments[i] instanceof Held held ? held.value : value(arguments[i]);
            }
            return IValueUtils.runMethod(block, method, values);
        } catch (EngineException refused) {
            throw told(refused);
        } finally {
            for (int i = 0; i < arguments.length; i++) {
                if (values[i] != null && !(arguments[i] instanceof Held)) {
                    values[i].close();
                }
            }
        }
    }

    /** A GPU that has no more memory to give says so only when it is asked; how much there is stands in libtorch's first sentences. */
    private static RuntimeException told(EngineException refused) {
        String message = String.valueOf(refused.getMessage());
        int begin = message.indexOf(NO_MEMORY);
        if (begin < 0) {
            return refused;
        }
        String sentences = Arrays.stream(message.substring(begin).split("(?<=\\.) ", -1))
                .limit(3)
                .collect(Collectors.joining(" "));
        return RlhfException.resource(
                sentences + " Lower micro-batch-tokens, set recompute: true or precision: bfloat16, or choose a smaller"
                        + " model",
                refused);
    }

    private static IValue value(Object argument) {
        if (argument instanceof PtNDArray array) {
            return IValue.from(array);
        } else if (argument instanceof List<?> list) {
            return IValue.listFrom(list.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
        } else if (argument instanceof Integer number) {
            return IValue.from(number.longValue());
        } else if (argument instanceof Long number) {
            return IValue.from(number);
        } else if (argument instanceof Double number) {
            return IValue.from(number);
        } else if (argument instanceof Boolean flag) {
            return IValue.from(flag);
        } else if (argument instanceof long[] numbers) {
            return IValue.listFrom(numbers);
        }
        throw RlhfException.bug("no TorchScript value for " + argument.getClass());
    }

    @Override
    public void close() {
        block.close();
        manager.close();
    }
}
