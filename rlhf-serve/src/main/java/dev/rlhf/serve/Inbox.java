package dev.rlhf.serve;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What waits for the decode engine: completions, and orders that are carried out between two tokens. */
final class Inbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Deque<PendingCompletion> arrived = new ArrayDeque<>();
    private final Deque<Runnable> orders = new ArrayDeque<>();
    private boolean paused;
    private boolean closed;

    /** Queues a completion; a closed inbox refuses it through its answer. */
    void add(PendingCompletion completion) {
        signal(() -> {
            if (closed) {
                completion.answer().completeExceptionally(shuttingDown());
            } else {
                arrived.add(completion);
            }
        });
    }

    /** Queues an order; the future is done when it was carried out. */
    CompletableFuture<Void> order(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        signal(() -> {
            if (closed) {
                done.completeExceptionally(shuttingDown());
                return;
            }
            orders.add(() -> {
                try {
                    task.run();
                    done.complete(null);
                } catch (RuntimeException failure) {
                    done.completeExceptionally(failure);
                }
            });
        });
        return done;
    }

    void pause(boolean whether) {
        signal(() -> paused = whether);
    }

    boolean isPaused() {
        lock.lock();
        try {
            return paused;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        signal(() -> closed = true);
    }

    /**
     * Waits for something to do; false when the engine closes.
     *
     * @param idle whether the engine has nothing to write, so that only what arrives gives it work
     */
    boolean await(boolean idle, List<PendingCompletion> fresh, List<Runnable> tasks) {
        lock.lock();
        try {
            while (!closed && orders.isEmpty() && (paused || (arrived.isEmpty() && idle))) {
                work.awaitUninterruptibly();
            }
            tasks.addAll(orders);
            orders.clear();
            if (!paused) {
                fresh.addAll(arrived);
                arrived.clear();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Puts completions before those that came since, in their order. */
    void putBack(List<PendingCompletion> fresh) {
        signal(() -> {
            for (int i = fresh.size() - 1; i >= 0; i--) {
                arrived.addFirst(fresh.get(i));
            }
        });
    }

    /** Ends all that waits. */
    void failAll(RuntimeException failure) {
        List<PendingCompletion> queued;
        lock.lock();
        try {
            queued = List.copyOf(arrived);
            arrived.clear();
        } finally {
            lock.unlock();
        }
        queued.forEach(completion -> completion.answer().completeExceptionally(failure));
    }

    /** What is said to those whose engine ends. */
    static ApiException shuttingDown() {
        return ApiException.unavailable("the server is shutting down");
    }

    private void signal(Runnable change) {
        lock.lock();
        try {
            change.run();
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
