package dev.rlhf.actors.ray;

import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import dev.rlhf.actors.ActorHandle;
import dev.rlhf.actors.ActorLost;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import io.ray.api.exception.RayActorException;
import io.ray.api.exception.RayException;
import io.ray.api.exception.RayTimeoutException;
import io.ray.api.exception.RayWorkerException;
import io.ray.api.exception.UnreconstructableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An actor in a process of the cluster.
 *
 * <p>One thread sends its calls one after the other and waits for each, since Ray's Java API has no other way to hear of an
 * answer. Before the first call, and again after a loss, it waits until the actor is there: what is sent to an actor that is
 * being restarted fails at once.
 */
final class RayActor implements ActorHandle {
    private static final Logger LOG = System.getLogger(RayActor.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final String name;
    private final io.ray.api.ActorHandle<HostActor> actor;
    private final RayJob job;
    private final ExecutorService thread;
    private final AtomicInteger losses = new AtomicInteger();
    private volatile boolean ended;
    private boolean there;

    RayActor(String name, io.ray.api.ActorHandle<HostActor> actor, RayJob job) {
        this.name = name;
        this.actor = actor;
        this.job = job;
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread named = new Thread(task, name);
            named.setDaemon(true);
            return named;
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletableFuture<byte[]> call(String method, byte[] message, Duration deadline) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        long due = System.nanoTime() + deadline.toNanos();
        int lossesBefore = losses.get();
        thread.execute(() -> run(answer, lossesBefore, () -> send(method, message, due)));
        return answer.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS).exceptionally(failure -> {
            throw failure instanceof TimeoutException
                    ? RlhfException.resource(
                            "actor " + name + " did not answer " + method + " within " + deadline.toSeconds() + " s",
                            failure)
                    : (RlhfException) failure;
        });
    }

    @Override
    public void kill() {
        actor.kill(false);
    }

    /** Ends the actor for good. */
    void end() {
        ended = true;
        actor.kill(true);
        thread.shutdown();
    }

    /** Waits until nothing of this actor waits for Ray any more. */
    void awaitEnd() {
        try {
            if (!thread.awaitTermination(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
                throw RlhfException.resource(
                        "actor " + name + " did not end within " + CLOSING.toSeconds() + " s", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A call on its way. */
    private interface Sent {
        byte[] envelope();
    }

    private void run(CompletableFuture<byte[]> answer, int lossesBefore, Sent call) {
        if (answer.isDone()) {
            return;
        }
        try {
            if (losses.get() > lossesBefore) {
                throw ActorLost.failure(name, "it ended before the call was sent", null);
            }
            awaitThere();
            answer.complete(Envelope.open(call.envelope()));
        } catch (RlhfException failure) {
            answer.completeExceptionally(failure);
        } catch (RayTimeoutException late) {
            LOG.log(Level.DEBUG, "the caller of {0} has been told that it is late", name);
        } catch (RayException failure) {
            answer.completeExceptionally(known(failure));
        }
    }

    private byte[] send(String method, byte[] message, long due) {
        return actor.task(HostActor::call, method, message).remote().get(millisUntil(due));
    }

    private void awaitThere() {
        if (there) {
            return;
        }
        long due = System.nanoTime() + job.startDeadline().toNanos();
        RetryPolicy<String> untilThere = RetryPolicy.<String>builder()
                .handleIf(failure -> lost(failure) && !ended)
                .withDelay(PAUSE)
                .withMaxRetries(-1)
                .withMaxDuration(job.startDeadline())
                .build();
        try {
            String place = Failsafe.with(untilThere)
                    .get(() -> actor.task(HostActor::place).remote().get(millisUntil(due)));
            LOG.log(Level.INFO, "actor {0} is {1}", name, place);
            there = true;
        } catch (RayTimeoutException | RayActorException failure) {
            throw ended
                    ? known(failure)
                    : RlhfException.resource(
                            "actor " + name + (losses.get() == 0 ? " did not start" : " was lost and did not come back")
                                    + " within " + job.startDeadline().toSeconds() + " s: "
                                    + ClusterView.whyPending(actor.getId(), job),
                            failure);
        }
    }

    private RlhfException known(RayException failure) {
        if (!lost(failure)) {
            return new RlhfException(ErrorKind.BUG, "actor " + name + " failed: " + failure, failure);
        }
        there = false;
        losses.incrementAndGet();
        return ActorLost.failure(name, ended ? "the runtime was closed" : "its process ended", failure);
    }

    private static boolean lost(Throwable failure) {
        return failure instanceof RayActorException
                || failure instanceof RayWorkerException
                || failure instanceof UnreconstructableException;
    }

    private static long millisUntil(long due) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(due - System.nanoTime()));
    }
}
