package dev.rlhf.actors;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** An actor whose messages are kept as they cross its boundary, and whose answers can be exchanged. */
final class WeighedActor implements ActorHandle {
    private final ActorHandle actor;
    private final UnaryOperator<byte[]> exchanged;
    private final List<byte[]> messages = new CopyOnWriteArrayList<>();
    private final List<byte[]> answers = new CopyOnWriteArrayList<>();

    WeighedActor(ActorHandle actor) {
        this(actor, answer -> answer);
    }

    WeighedActor(ActorHandle actor, UnaryOperator<byte[]> exchanged) {
        this.actor = actor;
        this.exchanged = exchanged;
    }

    @Override
    public String name() {
        return actor.name();
    }

    @Override
    public CompletableFuture<byte[]> call(String method, byte[] message, Duration deadline) {
        messages.add(message);
        return actor.call(method, message, deadline).thenApply(answer -> {
            answers.add(answer);
            return exchanged.apply(answer);
        });
    }

    @Override
    public void kill() {
        actor.kill();
    }

    /** Bytes of the last message. */
    int asked() {
        return messages.get(messages.size() - 1).length;
    }

    /** Bytes of the last answer. */
    int answered() {
        return answers.get(answers.size() - 1).length;
    }
}
