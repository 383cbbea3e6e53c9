package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A running actor as its callers see it; calls through one handle are answered in the order they were made. */
public interface ActorHandle {
    /** Name of the actor, e.g. {@code learner-0}. */
    String name();

    /**
     * Sends a message and returns at once.
     *
     * <p>The answer fails with an {@link RlhfException}: with the kind and message of what the actor threw; RESOURCE with
     * an {@link ActorLost} as cause when the actor was lost before it answered; RESOURCE when it did not answer in time.
     * A lost actor is restarted by the runtime, without its state. A call is never replayed by the runtime.
     *
     * @param method name of the method
     * @param message the argument
     * @param deadline longest wait for the answer, counted from now
     */
    CompletableFuture<byte[]> call(String method, byte[] message, Duration deadline);

    /** Ends the actor as kill -9 would: its state is gone, its calls in flight fail, and it is restarted. */
    void kill();

    /** How often it was lost and started again. */
    default int restarts() {
        return 0;
    }

    /** What it said of itself with its last answer. */
    default ActorVitals vitals() {
        return ActorVitals.NONE;
    }

    /** Sends a message and waits for the answer; throws what {@link #call} fails with. */
    default byte[] ask(String method, byte[] message, Duration deadline) {
        return await(call(method, message, deadline));
    }

    /** The answers of calls, in order; when there is a failure, the first one, but only after every call has ended. */
    static <T> List<T> awaitAll(List<CompletableFuture<T>> answers) {
        answers.forEach(answer -> answer.handle((done, failure) -> "ended").join());
        return answers.stream().map(ActorHandle::await).toList();
    }

    /** The answer of a call, or the exception it failed with. */
    static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RlhfException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
