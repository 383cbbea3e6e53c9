package dev.rlhf.actors;

/**
 * What runs inside an actor: bytes in, bytes out, one call at a time.
 *
 * <p>An implementation has a public constructor that takes its settings as {@code byte[]}. It runs on one thread of its
 * own, is built again from the same settings after it was lost, and then knows nothing of its former life.
 */
public interface ByteActor extends AutoCloseable {
    /**
     * Answers one message.
     *
     * @param method name of the method, e.g. {@code update}
     * @param message the argument as {@link Wire} wrote it
     * @return the answer as {@link Wire} writes it
     * @throws dev.rlhf.core.base.RlhfException of any kind; the caller receives it with its kind and message
     */
    byte[] call(String method, byte[] message);

    /** What it counts, as bytes of {@link ActorNumber}s; asked for after each call, on the actor's thread. */
    default byte[] numbers() {
        return Wire.nothing();
    }

    /** Frees what the actor holds; called when the actor ends in good order or its thread is replaced. */
    @Override
    default void close() {}
}
