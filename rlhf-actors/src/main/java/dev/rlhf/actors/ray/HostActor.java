package dev.rlhf.actors.ray;

import dev.rlhf.actors.ActorVitals;
import dev.rlhf.actors.ByteActor;
import dev.rlhf.core.base.RlhfException;
import io.ray.api.Ray;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one class that Ray sees of our actors: it hosts a {@link ByteActor} in a worker process.
 *
 * <p>The actor inside is built at the first call, so that what its constructor throws reaches a caller with kind and message; Ray
 * would give the actor up for good.
 */
public final class HostActor {
    private static final byte[] EMPTY = {};

    private final String name;
    private final String type;
    private final byte[] settings;
    private @Nullable ByteActor actor;

    /** A host of an actor of class {@code type}, to be built with {@code settings}. */
    public HostActor(String name, String type, byte @Nullable [] settings) {
        this.name = name;
        this.type = type;
        this.settings = present(settings);
    }

    /**
     * Where the actor lives, e.g. {@code process 4711 on node 10.0.0.5 (36b6f8a9…)}, and which GPUs are its own; answered as soon as it can
     * take calls.
     */
    public String place() {
        List<Long> gpus = Ray.getRuntimeContext().getGpuIds();
        return "process " + ProcessHandle.current().pid() + " on node " + System.getProperty("ray.node-ip", "?") + " ("
                + Ray.getRuntimeContext().getCurrentNodeId() + ")"
                + (gpus.isEmpty() ? "" : " with GPUs " + gpus);
    }

    /** Answers a message with an {@link Envelope}. */
    @SuppressWarnings("IllegalCatch") // whatever the actor throws is its caller's
    public byte[] call(String method, byte @Nullable [] message) {
        try {
            byte[] answer = actor().call(method, present(message));
            return Envelope.answer(answer, ActorVitals.ofThisProcess(place(), actor().numbers()));
        } catch (Throwable failure) {
            return Envelope.failure(name, failure);
        }
    }

    /** Ray hands an argument of no bytes over as null. */
    private static byte[] present(byte @Nullable [] bytes) {
        return bytes == null ? EMPTY : bytes;
    }

    private ByteActor actor() throws Throwable {
        ByteActor built = actor;
        if (built == null) {
            built = build();
            actor = built;
        }
        return built;
    }

    private ByteActor build() throws Throwable {
        try {
            return Class.forName(type)
                    .asSubclass(ByteActor.class)
                    .getConstructor(byte[].class)
                    .newInstance((Object) settings);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        } catch (ReflectiveOperationException e) {
            throw RlhfException.bug(type + " has no public constructor that takes byte[]: " + e);
        }
    }
}
