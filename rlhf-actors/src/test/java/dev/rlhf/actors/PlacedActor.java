package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import io.ray.api.Ray;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/** An actor that says where it is, and can be told to stay there. */
public final class PlacedActor implements ByteActor {
    static final ActorRole ROLE = new ActorRole("placed", PlacedActor.class);

    static final String PROCESS = "process";
    static final String NODE = "node";
    static final String WAIT = "wait";

    /** Takes no settings. */
    public PlacedActor(byte[] settings) {
        if (settings.length > 0) {
            throw RlhfException.bug("a placed actor takes no settings");
        }
    }

    @Override
    public byte[] call(String method, byte[] message) {
        return switch (method) {
            case PROCESS -> bytes(Long.toString(ProcessHandle.current().pid()));
            case NODE -> bytes(Ray.getRuntimeContext().getCurrentNodeId().toString());
            case WAIT -> waitForEver();
            default -> throw RlhfException.bug("no method " + method);
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] waitForEver() {
        try {
            new CountDownLatch(1).await();
            return bytes("never");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw RlhfException.resource("interrupted", interrupted);
        }
    }
}
