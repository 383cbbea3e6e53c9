package dev.rlhf.actors.ray;

import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import dev.rlhf.actors.ActorHandle;
import dev.rlhf.actors.ActorLost;
import dev.rlhf.actors.ActorVitals;
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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
    private static final double MILLIS_PER_SECOND = 1000;
    private static final String CLOSED = "the runtime was closed";

    private final String name;
    private final io.ray.api.ActorHandle<HostActor> actor;
    private final RayJob job;
    private final ActorPlace place;
    private final BooleanSupplier processEnds;
    private final ExecutorService thread;
    private final AtomicInteger losses = new AtomicInteger();
    private volatile boolean ended;
    private volatile ActorVitals vitals = ActorVitals.NONE;
    /** Number of losses after which the actor was last seen; only the thread knows it. */
    private int seenAfter = -1;
    /** The process that was last seen; only the thread knows it. */
    private String seen = "";

    /**
     * An actor that was started.
     *
     * @param processEnds whether this process ends, and Ray with it: who calls Ray then ends the process with a code of Ray's own
     */
    RayActor(
            String name,
            io.ray.api.ActorHandle<HostActor> actor,
            RayJob job,
            ActorPlace place,
            BooleanSupplier processEnds) {
        this.name = name;
        this.actor = actor;
        this.job = job;
        this.place = place;
        this.processEnds = processEnds;
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
        if (ended) {
            return CompletableFuture.failedFuture(
                    RlhfException.bug("actor " + name + " was asked for " + method + " after its end"));
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        if (processEnds.getAsBoolean()) {
            return answer;
        }
        long due = System.nanoTime() + deadline.toNanos();
        int lossesBefore = losses.get();
        thread.execute(() -> run(answer, lossesBefore, () -> send(method, message, due)));
        return answer.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS).exceptionally(failure -> {
            throw failure instanceof TimeoutException
                    ? RlhfException.resource(
                            "actor " + name + " did not answer " + method + " within "
                                    + deadline.toMillis() / MILLIS_PER_SECOND + " s",
                            failure)
                    : (RlhfException) failure;
        });
    }

    @Override
    public void kill() {
        losses.incrementAndGet();
        if (!processEnds.getAsBoolean()) {
            actor.kill(false);
        }
    }

    @Override
    public int restarts() {
        return losses.get();
    }

    @Override
    public ActorVitals vitals() {
        return vitals;
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
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw RlhfException.resource("interrupted while actor " + name + " ended", interrupted);
        }
    }

    private void run(CompletableFuture<byte[]> answer, int lossesBefore, Supplier<byte[]> call) {
        if (answer.isDone() || processEnds.getAsBoolean()) {
            return;
        }
        try {
            if (losses.get() > lossesBefore) {
                throw lost("its process ended before the call was sent", null);
            }
            awaitThere();
            byte[] envelope = call.get();
            Envelope.vitals(envelope).ifPresent(this::notice);
            answer.complete(Envelope.open(envelope));
        } catch (RlhfException failure) {
            answer.completeExceptionally(failure);
        } catch (RayTimeoutException late) {
            LOG.log(Level.DEBUG, "actor {0} is late, as its caller has been told", name);
        } catch (RayException failure) {
            answer.completeExceptionally(known(failure, lossesBefore));
        }
    }

    private byte[] send(String method, byte[] message, long due) {
        return actor.task(HostActor::call, method, message).remote().get(millisUntil(due));
    }

    private void awaitThere() {
        int lossesSoFar = losses.get();
        if (seenAfter == lossesSoFar) {
            return;
        }
        long due = System.nanoTime() + job.startDeadline().toNanos();
        RetryPolicy<String> untilThere = RetryPolicy.<String>builder()
                .handleIf(failure -> meansLost(failure)
                        && !ended
                        && !processEnds.getAsBoolean()
                        && !ClusterView.gaveUp(actor.getId()))
                .withDelay(PAUSE)
                .withMaxRetries(-1)
                .withMaxDuration(job.startDeadline())
                .build();
        try {
            String place = Failsafe.with(untilThere)
                    .get(() -> actor.task(HostActor::place).remote().get(millisUntil(due)));
            LOG.log(Level.INFO, "actor {0} is {1}", name, place);
            seen = place;
            seenAfter = lossesSoFar;
        } catch (RayException failure) {
            throw ended || processEnds.getAsBoolean() ? lost(CLOSED, failure) : absent(failure);
        }
    }

    /** A process that ended while nobody asked it anything was started again unseen: its answer tells. */
    private void notice(ActorVitals told) {
        vitals = told;
        if (!told.place().equals(seen)) {
            LOG.log(Level.WARNING, "actor {0} was {1}, which ended; it is {2}", name, seen, told.place());
            seen = told.place();
            seenAfter = losses.incrementAndGet();
        }
    }

    private RlhfException absent(RayException failure) {
        String missing = losses.get() == 0 ? " did not start" : " was lost and did not come back";
        return RlhfException.resource(
                "actor " + name + missing + " within " + job.startDeadline().toSeconds() + " s: "
                        + ClusterView.whyAbsent(actor.getId(), job, place),
                failure);
    }

    private RlhfException known(RayException failure, int lossesBefore) {
        if (!meansLost(failure)) {
            return new RlhfException(ErrorKind.BUG, "actor " + name + " failed: " + failure, failure);
        }
        losses.compareAndSet(lossesBefore, lossesBefore + 1);
        return lost(ended ? CLOSED : "its process ended", failure);
    }

    private RlhfException lost(String reason, @Nullable Throwable cause) {
        return ActorLost.failure(name, reason, cause);
    }

    private static boolean meansLost(Throwable failure) {
        return failure instanceof RayActorException
                || failure instanceof RayWorkerException
                || failure instanceof UnreconstructableException;
    }

    private static long millisUntil(long due) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(due - System.nanoTime()));
    }
}
