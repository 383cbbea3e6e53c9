package dev.rlhf.actors;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An actor whose every habit can be provoked; settings that start with {@code refuse} make its constructor fail. */
public final class TestActor implements ByteActor {
    static final ActorRole ROLE = new ActorRole("test", TestActor.class);

    static final String ECHO = "echo";
    static final String SETTINGS = "settings";
    static final String APPEND = "append";
    static final String LINGER = "linger";
    static final String FAIL = "fail";
    static final String BREAK = "break";
    static final String LOSE = "lose";

    private final String settings;
    private final StringBuilder appended = new StringBuilder();
    private int calls;

    /** Keeps its settings. */
    public TestActor(byte[] settings) {
        this.settings = new String(settings, StandardCharsets.UTF_8);
        if (this.settings.startsWith("refuse")) {
            throw RlhfException.user("settings " + this.settings + " are refused");
        }
    }

    @Override
    public byte[] call(String method, byte[] message) {
        calls++;
        String text = new String(message, StandardCharsets.UTF_8);
        return switch (method) {
            case ECHO -> message;
            case SETTINGS -> bytes(settings);
            case APPEND -> bytes(appended.append(text).toString());
            case LINGER -> linger(Long.parseLong(text));
            case FAIL -> throw new RlhfException(ErrorKind.valueOf(text), "it failed as " + text, null);
            case BREAK -> throw new IllegalStateException("it broke: " + text);
            case LOSE -> throw ActorLost.failure("test", "it forgot " + text, null);
            default -> throw RlhfException.bug("no method " + method);
        };
    }

    @Override
    public byte[] numbers() {
        return ActorNumber.bytes(List.of(new ActorNumber("calls", "all", calls)));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Answers after so many milliseconds. */
    private static byte[] linger(long millis) {
        try {
            boolean called = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
            return bytes(called ? "called" : "waited");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw RlhfException.resource("interrupted", interrupted);
        }
    }
}
