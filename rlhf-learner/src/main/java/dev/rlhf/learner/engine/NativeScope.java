package dev.rlhf.learner.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.rlhf.core.base.RlhfException;

/**
 * Where native memory begins: scopes that own tensors, and the state libtorch keeps for each thread.
 *
 * <p>Tensors of a step live in a scope opened for the step (try-with-resources) below the scope of what lives longer.
 */
public final class NativeScope {
    private static final ThreadLocal<Integer> CURRENT_THREADS = new ThreadLocal<>();

    /** Not before the environment is set: MKL and libgomp read it once. */
    private static final Engine ENGINE = start();

    private NativeScope() {}

    private static Engine start() {
        KernelMode.set();
        IdleThreads.restSoon();
        PartedLibrary.join();
        return Engine.getEngine("PyTorch");
    }

    /** Libtorch's version. */
    public static String version() {
        return ENGINE.getVersion();
    }

    /** A new scope on the CPU, child of no other; close it to free every tensor it owns. */
    public static NDManager open() {
        return ENGINE.newBaseManager(Device.cpu());
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
