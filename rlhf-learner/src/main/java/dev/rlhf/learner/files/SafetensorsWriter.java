package dev.rlhf.learner.files;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.FileFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;

/** Writes safetensors files, tensor by tensor; byte-equal for equal tensors, the header padded to eight bytes. */
public final class SafetensorsWriter {
    private static final int PREFIX = Long.BYTES;

    private SafetensorsWriter() {}

    /**
     * A tensor to write.
     *
     * @param shape sizes of its axes
     * @param numbers its numbers, row-major
     */
    public record Tensor(long[] shape, Numbers numbers) {
        long elements() {
            return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        }
    }

    /** Writes {@code tensors} in their order over what was there; whoever needs them to outlive a power cut syncs the file. */
    public static void write(Path file, NumberFormat format, Map<String, Tensor> tensors) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(channel, header(format, tensors));
            ByteBuffer narrow = ByteBuffer.allocateDirect(
                            format == NumberFormat.F32 ? 0 : Numbers.MOST * format.bytes())
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (Tensor tensor : tensors.values()) {
                long elements = tensor.elements();
                for (long first = 0; first < elements; first += Numbers.MOST) {
                    ByteBuffer window = tensor.numbers().window(first, (int) Math.min(Numbers.MOST, elements - first));
                    if (format != NumberFormat.F32) {
                        format.narrow(window, narrow.clear());
                        window = narrow.flip();
                    }
                    writeFully(channel, window);
                }
            }
        } catch (IOException e) {
            throw FileFault.unwritten(file, e);
        }
    }

    private static ByteBuffer header(NumberFormat format, Map<String, Tensor> tensors) {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        header.putObject("__metadata__").put("format", "pt");
        long offset = 0;
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            ObjectNode node = header.putObject(tensor.getKey());
            node.put("dtype", format.name());
            Arrays.stream(tensor.getValue().shape()).forEach(node.putArray("shape")::add);
            long end = offset + tensor.getValue().elements() * format.bytes();
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (text.length + PREFIX - 1) / PREFIX * PREFIX;
        ByteBuffer head = ByteBuffer.allocate(PREFIX + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(padded).put(text);
        while (head.hasRemaining()) {
            head.put((byte) ' ');
        }
        return head.flip();
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
