package dev.rlhf.actors.ray;

import dev.rlhf.actors.ActorLost;
import dev.rlhf.actors.ActorVitals;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What an actor's method gives back: its answer and how it is, or the failure it threw.
 *
 * <p>Ray would carry an exception as well, but neither its class nor the kind of an {@link RlhfException} survives Ray's own
 * serialization, while bytes cross as they are.
 */
final class Envelope {
    private static final byte ANSWER = 0;
    private static final byte FAILURE = 1;
    /** What it is, and how many bytes tell how the actor is. */
    private static final int HEAD = 1 + Integer.BYTES;

    private Envelope() {}

    /** Closes an answer in, and how the actor is. */
    static byte[] answer(byte[] answer, ActorVitals vitals) {
        byte[] beside = vitals.bytes();
        return ByteBuffer.allocate(HEAD + beside.length + answer.length)
                .put(ANSWER)
                .putInt(beside.length)
                .put(beside)
                .put(answer)
                .array();
    }

    /** How the actor was when it answered; a failure does not tell. */
    static Optional<ActorVitals> vitals(byte[] envelope) {
        return envelope[0] == ANSWER
                ? Optional.of(ActorVitals.read(Arrays.copyOfRange(envelope, HEAD, HEAD + length(envelope))))
                : Optional.empty();
    }

    private static int length(byte[] envelope) {
        return ByteBuffer.wrap(envelope).getInt(1);
    }

    /** Closes a failure in; what is no {@link RlhfException} is a bug. */
    static byte[] failure(String actor, Throwable failure) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            boolean known = failure instanceof RlhfException;
            out.writeByte(FAILURE);
            out.writeUTF((failure instanceof RlhfException expected ? expected.kind() : ErrorKind.BUG).name());
            out.writeBoolean(ActorLost.caused(failure));
            text(out, known ? String.valueOf(failure.getMessage()) : "actor " + actor + " failed: " + failure);
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            text(out, trace.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("memory refused to be written", e);
        }
        return bytes.toByteArray();
    }

    /**
     * The answer inside.
     *
     * @throws RlhfException the failure inside, with its kind and message; the cause holds the actor's stack trace
     */
    static byte[] open(byte[] envelope) {
        if (envelope[0] == ANSWER) {
            return Arrays.copyOfRange(envelope, HEAD + length(envelope), envelope.length);
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(envelope, 1, envelope.length - 1))) {
            ErrorKind kind = ErrorKind.valueOf(in.readUTF());
            boolean lost = in.readBoolean();
            String message = text(in);
            RemoteTrace trace = new RemoteTrace(text(in));
            throw lost ? ActorLost.failure(message, trace) : new RlhfException(kind, message, trace);
        } catch (IOException e) {
            throw new UncheckedIOException("an actor answered with a broken envelope", e);
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
