package dev.rlhf.learner.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Tensors by name in a file: eight bytes of header length, a JSON header, then the numbers, little-endian.
 *
 * <p>Numbers are read as float32; bfloat16 and float16 are widened. Written files are float32 with the header padded to
 * eight bytes, and byte-equal for equal tensors. Format: github.com/huggingface/safetensors.
 */
public final class Safetensors {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PREFIX = Long.BYTES;
    private static final int MAX_HEADER = 100_000_000;

    private final Path file;
    private final Map<String, Entry> entries;

    private Safetensors(Path file, Map<String, Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /**
     * A tensor to write.
     *
     * @param shape sizes of its axes
     * @param data its float32 numbers, little-endian, row-major; read from position to limit, left unchanged
     */
    public record Tensor(long[] shape, ByteBuffer data) {}

    private record Entry(NumberFormat format, long[] shape, long begin, long end) {
        long elements() {
            return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        }
    }

    /**
     * Reads the header and checks it against the file's size.
     *
     * @throws RlhfException USER naming the file when it is missing, truncated or damaged
     */
    public static Safetensors open(Path file) {
        InputFile.require(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < PREFIX) {
                throw damaged(file, "it has " + size + " bytes");
            }
            long headerLength = read(channel, 0, PREFIX, file).getLong();
            if (headerLength < 2 || headerLength > Math.min(MAX_HEADER, size - PREFIX)) {
                throw damaged(file, "its header of " + Long.toUnsignedString(headerLength) + " bytes does not fit");
            }
            JsonNode header = JSON.readTree(
                    read(channel, PREFIX, (int) headerLength, file).array());
            return new Safetensors(file, entries(file, header, PREFIX + headerLength, size));
        } catch (JsonProcessingException e) {
            throw damaged(file, "its header is not JSON");
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Entry> entries(Path file, JsonNode header, long base, long size) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals("__metadata__")) {
                continue;
            }
            JsonNode value = field.getValue();
            NumberFormat format = NumberFormat.of(value.path("dtype").asText(), file);
            JsonNode sizes = value.path("shape");
            long[] shape = new long[sizes.size()];
            Arrays.setAll(shape, i -> sizes.get(i).asLong());
            long begin = base + value.path("data_offsets").path(0).asLong(-1);
            long end = base + value.path("data_offsets").path(1).asLong(-1);
            Entry entry = new Entry(format, shape, begin, end);
            if (begin < base || end > size || end - begin != entry.elements() * format.bytes()) {
                throw damaged(
                        file,
                        field.getKey() + " should end at byte " + end + " of " + size
                                + "; the file is cut short or its header is wrong");
            }
            entries.put(field.getKey(), entry);
        }
        return entries;
    }

    /** Names of the tensors, in the order of the header. */
    public Set<String> names() {
        return entries.keySet();
    }

    /**
     * Sizes of a tensor's axes.
     *
     * @throws RlhfException USER when the file has no such tensor
     */
    public long[] shape(String name) {
        return entry(name).shape().clone();
    }

    /**
     * The numbers of a tensor as float32, little-endian.
     *
     * @throws RlhfException USER when the file has no such tensor or it is larger than 2 GiB
     */
    public ByteBuffer read(String name) {
        Entry entry = entry(name);
        if (entry.elements() * Float.BYTES > Integer.MAX_VALUE) {
            throw RlhfException.user(file + ": " + name + " is larger than 2 GiB, which is not supported");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return entry.format().widen(read(channel, entry.begin(), (int) (entry.end() - entry.begin()), file));
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Writes {@code tensors} in their order over what was there; whoever needs them to outlive a power cut syncs the file. */
    public static void write(Path file, Map<String, Tensor> tensors) {
        ObjectNode header = JSON.createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        long offset = 0;
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            ObjectNode node = header.putObject(tensor.getKey());
            node.put("dtype", NumberFormat.F32.name());
            Arrays.stream(tensor.getValue().shape()).forEach(node.putArray("shape")::add);
            long end = offset + tensor.getValue().data().remaining();
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
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(channel, head.flip());
            for (Tensor tensor : tensors.values()) {
                writeFully(channel, tensor.data().duplicate());
            }
        } catch (IOException e) {
            throw RlhfException.resource("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw RlhfException.user(file + " has no tensor " + name);
        }
        return entry;
    }

    private static ByteBuffer read(FileChannel channel, long position, int length, Path file) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw damaged(file, "it ends at byte " + (position + buffer.position()));
            }
        }
        return buffer.flip();
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static RlhfException damaged(Path file, String what) {
        return RlhfException.user("not a whole safetensors file: " + file + " (" + what + ")");
    }
}
