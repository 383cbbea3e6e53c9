package dev.rlhf.actors;

import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Calls to actors that remember nothing: when the actor is lost, the runtime restarts it and the call is made again. */
final class RepeatedCalls {
    private static final Logger LOG = System.getLogger(RepeatedCalls.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final RetryPolicy<byte[]> policy;
    private final Duration deadline;

    /** Calls that may take {@code deadline}, restarts included. */
    RepeatedCalls(Duration deadline) {
        this.deadline = deadline;
        this.policy = RetryPolicy.<byte[]>builder()
                .handleIf(RepeatedCalls::lost)
                .withDelay(PAUSE)
                .withMaxRetries(-1)
                .withMaxDuration(deadline)
                .onRetry(event -> LOG.log(Level.WARNING, "asking again: {0}", String.valueOf(event.getLastException())))
                .build();
    }

    /** The answer, or the failure of the last attempt. */
    CompletableFuture<byte[]> call(ActorHandle actor, String method, byte[] message) {
        return call(actor, method, left -> message);
    }

    /** The same for a message that tells the actor how long it has, so that it can say whom it waited for. */
    CompletableFuture<byte[]> call(ActorHandle actor, String method, Function<Duration, byte[]> message) {
        return Failsafe.with(policy).getStageAsync(attempt -> {
            Duration left = deadline.minus(attempt.getElapsedTime());
            return actor.call(method, message.apply(left), left);
        });
    }

    private static boolean lost(Throwable failure) {
        return ActorLost.caused(failure instanceof CompletionException ? failure.getCause() : failure);
    }
}
