package dev.rlhf.actors;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** An actor of which one knows at any moment what it owes. */
final class WatchedActor implements ActorHandle {
    private static final double NANOS = 1e9;

    private final ActorHandle actor;
    /** When each unanswered call was made, the oldest first. */
    private final Map<Long, Long> open = new LinkedHashMap<>();

    private long calls;
    private long busyNanos;
    private long busySince;

    WatchedActor(ActorHandle actor) {
        this.actor = actor;
    }

    @Override
    public String name() {
        return actor.name();
    }

    @Override
    public CompletableFuture<byte[]> call(String method, byte[] message, Duration deadline) {
        CompletableFuture<byte[]> answer = actor.call(method, message, deadline);
        long call = begun();
        return answer.whenComplete((done, failure) -> ended(call));
    }

    @Override
    public void kill() {
        actor.kill();
    }

    @Override
    public int restarts() {
        return actor.restarts();
    }

    @Override
    public ActorVitals vitals() {
        return actor.vitals();
    }

    synchronized ActorState state() {
        long now = System.nanoTime();
        long oldest = open.values().stream().findFirst().orElse(now);
        long busy = busyNanos + (open.isEmpty() ? 0 : now - busySince);
        return new ActorState(
                actor.name(), open.size(), (now - oldest) / NANOS, busy / NANOS, actor.restarts(), actor.vitals());
    }

    private synchronized long begun() {
        long now = System.nanoTime();
        if (open.isEmpty()) {
            busySince = now;
        }
        open.put(calls, now);
        return calls++;
    }

    private synchronized void ended(long call) {
        open.remove(call);
        if (open.isEmpty()) {
            busyNanos += System.nanoTime() - busySince;
        }
    }
}
