package dev.rlhf.actors.ray;

import dev.rlhf.actors.ByteActor;
import dev.rlhf.core.base.RlhfException;
import java.nio.charset.StandardCharsets;

/** An actor that shows what reached it. */
public final class ProbeActor implements ByteActor {
    private final byte[] settings;

    public ProbeActor(byte[] settings) {
        this.settings = settings;
    }

    @Override
    public byte[] call(String method, byte[] message) {
        return switch (method) {
            case "echo" -> message;
            case "settings" -> settings;
            case "pid" -> Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
            case "user" -> throw RlhfException.user("key 'x' is wrong");
            case "bug" -> throw new IllegalStateException("broken");
            default -> throw RlhfException.bug("no method " + method);
        };
    }
}
