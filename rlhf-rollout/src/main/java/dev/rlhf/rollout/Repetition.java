package dev.rlhf.rollout;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedSupplier;
import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seconds;
import dev.rlhf.core.base.Unanswered;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does again what a passing fault has ended, with growing pauses, until a deadline.
 *
 * <p>A server that answers 500 in the same words three times in a row will do so for ever: that is no passing fault.
 */
final class Repetition {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** Time below which it says nothing of a server that it did not answer. */
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private static final int SERVER_ERROR = 500;
    private static final int MOST_EQUAL = 3;

    private final String what;
    private final Outage outage;
    private final Duration patience;
    private final Deadline deadline;
    /** The last fault; attempts of one repetition come one after the other. */
    private final AtomicReference<@Nullable RlhfException> last = new AtomicReference<>();
    /** The last fault that the server itself told of: a process that then dies says no more. */
    private final AtomicReference<@Nullable RlhfException> told = new AtomicReference<>();

    private volatile int equalInARow;
    /** Whether the attempt was begun when hardly any time was left. */
    private volatile boolean hurried;

    /** Repeats {@code what} until {@code deadline}; each repetition serves one piece of work. */
    Repetition(String what, Outage outage, Deadline deadline) {
        this.what = what;
        this.outage = outage;
        this.deadline = deadline;
        this.patience = deadline.left();
    }

    /** The result of work that blocks. */
    <T> T of(CheckedSupplier<T> work) {
        try {
            T result = Failsafe.with(this.<T>policy()).get(() -> {
                begin();
                return work.get();
            });
            outage.answered();
            return result;
        } catch (RlhfException | FailsafeException failure) {
            throw ended(failure);
        }
    }

    /** The result of work that goes on elsewhere. */
    <T> CompletableFuture<T> ofLater(Supplier<? extends CompletionStage<T>> work) {
        return Failsafe.with(this.<T>policy())
                .getStageAsync(() -> {
                    begin();
                    return work.get();
                })
                // Also bounds the wait of a request for its turn, which no timeout of the connection counts.
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .handle((result, failure) -> {
                    if (failure != null) {
                        throw ended(failure);
                    }
                    outage.answered();
                    return result;
                });
    }

    private <T> RetryPolicy<T> policy() {
        return RetryPolicy.<T>builder()
                .handleIf(this::passes)
                .withBackoff(FIRST_PAUSE, LONGEST_PAUSE)
                .withMaxRetries(-1)
                .withMaxDuration(patience)
                .build();
    }

    private boolean passes(Throwable failure) {
        RlhfException fault = known(failure);
        if (fault.kind() != ErrorKind.TRANSIENT) {
            return false;
        }
        if (hurried && last.get() != null && ranOutOfTime(fault)) {
            return true;
        }
        RlhfException before = last.getAndSet(fault);
        boolean equal = before != null && String.valueOf(before.getMessage()).equals(fault.getMessage());
        equalInARow = equal ? equalInARow + 1 : 1;
        if (ServerFault.status(fault) > 0) {
            told.set(fault);
        }
        outage.failed(fault, deadline);
        return !lasts(fault);
    }

    private void begin() {
        hurried = deadline.left().compareTo(SHORTEST) < 0;
    }

    private static boolean ranOutOfTime(RlhfException fault) {
        Throwable cause = fault.getCause();
        return cause != null && Unanswered.of(cause).why() == Unanswered.Why.LATE;
    }

    private boolean lasts(RlhfException fault) {
        return ServerFault.status(fault) == SERVER_ERROR && equalInARow >= MOST_EQUAL;
    }

    /** How it ended; the fault before the last attempt says more than that its time ran out. */
    private RlhfException ended(Throwable failure) {
        RlhfException end = failure instanceof TimeoutException
                ? RlhfException.transientFault(what + ": no answer", failure)
                : known(failure);
        if (end.kind() != ErrorKind.TRANSIENT) {
            return end;
        }
        RlhfException fault = last.get() == null ? end : last.get();
        if (lasts(fault)) {
            return RlhfException.resource(
                    fault.getMessage() + " (" + MOST_EQUAL + " times in the same words, so it will not pass)", fault);
        }
        RlhfException words = told.get();
        String before = words == null || words == fault ? "" : "; before that: " + words.getMessage();
        // The whole deadline, which may have begun before this repetition: so long the call has tried.
        return RlhfException.resource(
                fault.getMessage() + before + " (tried for " + Seconds.text(deadline.whole()) + ")", fault);
    }

    /** What {@code failure} is about; what nobody foresaw is a bug. */
    static RlhfException known(@Nullable Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof FailsafeException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof RlhfException known
                ? known
                : new RlhfException(ErrorKind.BUG, "a request failed: " + cause, cause);
    }
}
