package dev.rlhf.learner.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.rlhf.core.base.RlhfException;
import org.jspecify.annotations.Nullable;

/**
 * Where native memory begins: scopes that own tensors, and the state libtorch keeps for each thread.
 *
 * <p>Tensors of a step live in a scope opened for the step (try-with-resources) below the scope of what lives longer.
 */
public final class NativeScope {
    private static final ThreadLocal<Integer> CURRENT_THREADS = new ThreadLocal<>();

    private static @Nullable Engine engine;

    private NativeScope() {}

    /** The engine, which starts when it is first asked for. */
    private static synchronized Engine engine() {
        Engine started = engine;
        if (started == null) {
            started = start();
            engine = started;
        }
        return started;
    }

    /** Not before the environment is set: MKL and libgomp read it once. */
    private static Engine start() {
        KernelMode.set();
        IdleThreads.restSoon();
        PartedLibrary.join();
        try {
            return Engine.getEngine("PyTorch");
        } catch (EngineException failed) {
            // One for CUDA wants the driver's library, which is there where a GPU is.
            if (failed.getCause() instanceof UnsatisfiedLinkError lacks) {
                throw RlhfException.resource(
                        "libtorch cannot be loaded: " + lacks.getMessage() + "; one for CUDA needs the driver of a GPU,"
                                + " and PYTORCH_LIBRARY_PATH, where it is set, must name the folder of a whole one",
                        failed);
            }
            throw failed;
        }
    }

    /** Libtorch's version. */
    public static String version() {
        return engine().getVersion();
    }

    /** Whether libtorch has a GPU to compute on. */
    static boolean hasCuda() {
        return engine().hasCapability(StandardCapabilities.CUDA);
    }

    /** A new scope on the CPU, child of no other; close it to free every tensor it owns. */
    public static NDManager open() {
        return open(Device.cpu());
    }

    static NDManager open(Device device) {
        return engine().newBaseManager(device);
    }

    /**
     * Prepares the calling thread: {@code threads} intra-op threads, no profiling executor.
     *
     * <p>The profiling executor fuses operators after some calls, so the bits of a result would depend on how often a
     * function ran before; without it a run and its resumption are equal. Cheap when nothing changes.
     *
     * @param threads intra-op threads, at least 1; results depend on it in the last bits
     */
    public static void prepareThread(int threads) {
        if (threads < 1) {
            throw RlhfException.user("threads must be at least 1, not " + threads);
        }
        engine();
        Integer current = CURRENT_THREADS.get();
        if (current == null) {
            JniUtils.setGraphExecutorOptimize(false);
            JniUtils.setGradMode(false);
        }
        if (current == null || current != threads) {
            JniUtils.setNumThreads(threads);
            CURRENT_THREADS.set(threads);
        }
    }
}
