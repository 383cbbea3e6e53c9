package dev.rlhf.serve;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets so many completions into the engine at once, keeps so many waiting in the order they came, and refuses the rest. */
final class Admissions {
    /** In the engine at once: the keys and values of each one's prompt are kept until its samples are written. */
    private static final int INSIDE = 240;

    private final int most;
    private final Executor threads;
    // Below: guarded by this.
    private final Deque<Turn<?>> waiting = new ArrayDeque<>();
    private int inside;

    /**
     * Of nothing yet.
     *
     * @param most most completions at once, waiting ones included
     * @param threads begin those that have waited
     */
    Admissions(int most, Executor threads) {
        this.most = most;
        this.threads = threads;
    }

    /** A completion and who waits for it. */
    private record Turn<T>(Supplier<? extends CompletionStage<T>> work, CompletableFuture<T> answer) {}

    /**
     * Begins {@code work} when its turn comes.
     *
     * @throws ApiException 503 when too many are there already
     */
    <T> CompletableFuture<T> admit(Supplier<? extends CompletionStage<T>> work) {
        Turn<T> turn = new Turn<>(work, new CompletableFuture<>());
        synchronized (this) {
            if (inside + waiting.size() >= most) {
                throw ApiException.unavailable(
                        "The server has " + most + " completions on their way already; ask again later.");
            }
            if (inside >= INSIDE) {
                waiting.add(turn);
                return turn.answer();
            }
            inside++;
        }
        begin(turn);
        return turn.answer();
    }

    /** Ends those that wait; what is in the engine, the engine ends. */
    void abort(RuntimeException reason) {
        List<Turn<?>> ended;
        synchronized (this) {
            ended = List.copyOf(waiting);
            waiting.clear();
        }
        ended.forEach(turn -> turn.answer().completeExceptionally(reason));
    }

    private <T> void begin(Turn<T> turn) {
        try {
            turn.work().get().whenComplete((result, failure) -> {
                leave();
                if (failure == null) {
                    turn.answer().complete(result);
                } else {
                    turn.answer().completeExceptionally(failure);
                }
            });
        } catch (RuntimeException refused) {
            leave();
            turn.answer().completeExceptionally(refused);
        }
    }

    /** On another thread: a thousand that are refused at once would else begin each other, one inside the other. */
    private void leave() {
        Turn<?> next = next();
        if (next != null) {
            threads.execute(() -> begin(next));
        }
    }

    /** Whoever is next takes the place. */
    private synchronized @Nullable Turn<?> next() {
        Turn<?> next = waiting.poll();
        if (next == null) {
            inside--;
        }
        return next;
    }
}
