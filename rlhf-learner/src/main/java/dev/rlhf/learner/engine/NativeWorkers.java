package dev.rlhf.learner.engine;

import dev.rlhf.core.base.RlhfException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Threads that work on parts of a batch side by side.
 *
 * <p>Small operators gain little from being cut into pieces: whole passes beside each other wait for each other once, not at
 * every operator. What a part gives does not depend on the others.
 */
public final class NativeWorkers implements AutoCloseable {
    private final int threads;
    private final ExecutorService pool;

    /** Room for {@code threads} parts at a time, at least 1. */
    public NativeWorkers(int threads) {
        this.threads = threads;
        this.pool = Executors.newFixedThreadPool(threads, NativeWorkers::named);
    }

    private static Thread named(Runnable task) {
        Thread thread = new Thread(task, "learner-worker");
        thread.setDaemon(true);
        // Native libraries are looked up through it.
        thread.setContextClassLoader(NativeWorkers.class.getClassLoader());
        return thread;
    }

    /**
     * Does {@code work} for each part, a thread each; a part alone runs on the caller's.
     *
     * @param alone threads that share the operators of a part alone
     * @return the results, in the order of the parts
     * @throws RlhfException what {@code work} throws, once all parts have ended
     */
    public <P, R> List<R> map(List<P> parts, int alone, Function<P, R> work) {
        if (parts.size() <= 1) {
            NativeScope.prepareThread(alone);
            try {
                return parts.stream().map(work).toList();
            } finally {
                NativeScope.prepareThread(threads);
            }
        }
        int each = Math.max(1, threads / parts.size());
        List<Callable<R>> tasks = new ArrayList<>();
        for (P part : parts) {
            tasks.add(() -> {
                NativeScope.prepareThread(each);
                return work.apply(part);
            });
        }
        try {
            List<R> results = new ArrayList<>();
            // The caller's own deadline bounds this: it is computation, which ends.
            for (Future<R> done : pool.invokeAll(tasks)) {
                results.add(done.get());
            }
            return results;
        } catch (ExecutionException failed) {
            throw failure(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw RlhfException.resource("interrupted while a batch was computed", interrupted);
        }
    }

    private static RuntimeException failure(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException known
                ? known
                : RlhfException.bug("a part of a batch failed: " + cause);
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
