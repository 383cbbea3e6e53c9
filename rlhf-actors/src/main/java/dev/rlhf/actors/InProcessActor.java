package dev.rlhf.actors;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seconds;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An actor on a thread of its own. */
final class InProcessActor implements ActorHandle {
    private static final Logger LOG = System.getLogger(InProcessActor.class.getName());
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final ActorRole role;
    private final String name;
    private final byte[] settings;
    private final AtomicInteger restarts = new AtomicInteger();
    private Life life;
    private boolean ended;
    private volatile ActorVitals vitals = ActorVitals.NONE;

    InProcessActor(ActorRole role, String name, byte[] settings) {
        this.role = role;
        this.name = name;
        this.settings = settings.clone();
        this.life = new Life();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized CompletableFuture<byte[]> call(String method, byte[] message, Duration deadline) {
        CompletableFuture<byte[]> answer = life.submit(method, message);
        return answer.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS).exceptionally(failure -> {
            throw failure instanceof TimeoutException
                    ? RlhfException.resource(
                            "actor " + name + " did not answer " + method + " within " + Seconds.text(deadline),
                            failure)
                    : known(failure);
        });
    }

    @Override
    public synchronized void kill() {
        if (!ended) {
            life.end("it was killed");
            restarts.incrementAndGet();
            life = new Life();
        }
    }

    @Override
    public int restarts() {
        return restarts.get();
    }

    @Override
    public ActorVitals vitals() {
        return vitals;
    }

    /** Ends the actor for good and waits until it has freed what it held. */
    synchronized void end() {
        ended = true;
        life.end("the runtime was closed");
        life.awaitEnd();
    }

    private RlhfException known(@Nullable Throwable failure) {
        return failure instanceof RlhfException known
                ? known
                : new RlhfException(ErrorKind.BUG, "actor " + name + " failed: " + failure, failure);
    }

    private ByteActor build() {
        try {
            return role.type().getConstructor(byte[].class).newInstance((Object) settings);
        } catch (InvocationTargetException e) {
            throw known(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw RlhfException.bug(role.type() + " has no public constructor that takes byte[]: " + e);
        }
    }

    /** The time between two restarts: a thread, the actor it built and the calls it has not answered. */
    private final class Life {
        private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread named = new Thread(task, name);
            named.setDaemon(true);
            // Native libraries are looked up through it; else it would be that of whoever happens to call first.
            named.setContextClassLoader(role.type().getClassLoader());
            return named;
        });
        private final Map<Long, CompletableFuture<byte[]>> unanswered = new ConcurrentHashMap<>();
        private long calls;
        private volatile @Nullable String over;
        private @Nullable ByteActor actor;

        CompletableFuture<byte[]> submit(String method, byte[] message) {
            if (ended) {
                return CompletableFuture.failedFuture(
                        RlhfException.bug("actor " + name + " was asked for " + method + " after its end"));
            }
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            long call = calls++;
            unanswered.put(call, answer);
            thread.execute(() -> {
                run(answer, method, message);
                unanswered.remove(call);
            });
            return answer;
        }

        @SuppressWarnings("IllegalCatch") // whatever an actor throws is its caller's, as from another process
        private void run(CompletableFuture<byte[]> answer, String method, byte[] message) {
            try {
                String reason = over;
                if (reason != null) {
                    throw ActorLost.failure(name, reason, null);
                }
                if (!answer.isDone()) {
                    byte[] done = actor().call(method, message);
                    vitals = ActorVitals.shared(actor().numbers());
                    answer.complete(done);
                }
            } catch (Throwable failure) {
                answer.completeExceptionally(known(failure));
            }
        }

        private ByteActor actor() {
            ByteActor built = actor;
            if (built == null) {
                built = build();
                actor = built;
            }
            return built;
        }

        void end(String reason) {
            // Before the calls fail one by one, so that none that waits behind a lost one is answered.
            over = reason;
            unanswered.values().forEach(answer -> answer.completeExceptionally(ActorLost.failure(name, reason, null)));
            thread.execute(this::free);
            thread.shutdown();
        }

        @SuppressWarnings("IllegalCatch") // nobody waits for a former life: what it says at its end goes to the log
        private void free() {
            try {
                if (actor != null) {
                    actor.close();
                }
            } catch (RuntimeException failure) {
                LOG.log(Level.WARNING, "actor " + name + " could not free what it held", failure);
            }
        }

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
    }
}
