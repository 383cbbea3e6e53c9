package dev.rlhf.driver.track.tensorboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A file of TensorBoard's events: records of length, checksum, protocol buffer {@code Event} and checksum.
 *
 * <p>Source: tensorboard/compat/proto/event.proto and summary.proto, tensorflow/core/lib/io/record_writer.h.
 */
final class EventFile implements AutoCloseable {
    private static final String VERSION = "brain.Event:2";
    private static final int MASK_DELTA = 0xa282ead8;
    private static final int MASK_SHIFT = 15;
    private static final int SEVEN_BITS = 0x7f;

    /** Fields of Event, Summary, Summary.Value and SessionLog, with what comes in them. */
    private static final int WALL_TIME = 1 << 3 | 1;

    private static final int STEP = 2 << 3;
    private static final int FILE_VERSION = 3 << 3 | 2;
    private static final int SUMMARY = 5 << 3 | 2;
    private static final int SESSION_LOG = 7 << 3 | 2;
    private static final int VALUE = 1 << 3 | 2;
    private static final int TAG = 1 << 3 | 2;
    private static final int SIMPLE_VALUE = 2 << 3 | 5;
    private static final int STATUS = 1 << 3;
    private static final int START = 1;

    private final OutputStream file;

    /** Begins a new file; throws IOException when it is there or cannot be written. */
    EventFile(Path path, double seconds) throws IOException {
        file = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW);
        Message event = event(seconds, 0);
        event.bytes(FILE_VERSION, VERSION.getBytes(StandardCharsets.UTF_8));
        write(event);
    }

    /** Adds numbers by name; {@code seconds} is the time since 1970. */
    void scalars(double seconds, long step, Map<String, Double> numbers) throws IOException {
        Message summary = new Message();
        numbers.forEach((name, number) -> {
            Message value = new Message();
            value.bytes(TAG, name.getBytes(StandardCharsets.UTF_8));
            value.number(SIMPLE_VALUE);
            value.fixed(ByteBuffer.allocate(Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(number.floatValue())
                    .array());
            summary.bytes(VALUE, value.bytes());
        });
        Message event = event(seconds, step);
        event.bytes(SUMMARY, summary.bytes());
        write(event);
    }

    /** Says that what was said of this step and later ones is void. */
    void restart(double seconds, long step) throws IOException {
        Message log = new Message();
        log.number(STATUS);
        log.number(START);
        Message event = event(seconds, step);
        event.bytes(SESSION_LOG, log.bytes());
        write(event);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** An event without its content; a step of 0 goes without saying. */
    private static Message event(double seconds, long step) {
        Message event = new Message();
        event.number(WALL_TIME);
        event.fixed(ByteBuffer.allocate(Double.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(seconds)
                .array());
        if (step != 0) {
            event.number(STEP);
            event.number(step);
        }
        return event;
    }

    private void write(Message event) throws IOException {
        byte[] data = event.bytes();
        byte[] length = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(data.length)
                .array();
        file.write(ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(length)
                .putInt(checksum(length))
                .put(data)
                .putInt(checksum(data))
                .array());
        file.flush();
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), MASK_SHIFT) + MASK_DELTA;
    }

    /** A protocol buffer that grows. */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        void number(long value) {
            long left = value;
            while (left > SEVEN_BITS) {
                bytes.write((int) (left & SEVEN_BITS) | SEVEN_BITS + 1);
                left >>>= Byte.SIZE - 1;
            }
            bytes.write((int) left);
        }

        void fixed(byte[] value) {
            bytes.writeBytes(value);
        }

        void bytes(int key, byte[] value) {
            number(key);
            number(value.length);
            bytes.writeBytes(value);
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
