package dev.rlhf.learner.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The header of a safetensors file, held against the file's size: as the reference reader, it wants tensors that fill what follows it,
 * one after the other, without gap or overlap.
 *
 * <p>No number of a header is trusted before it is compared with the size of the file.
 */
final class SafetensorsHeader {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final int PREFIX = Long.BYTES;
    private static final int MOST = 100_000_000;

    private final Path file;
    private final long base;
    private final long size;

    private SafetensorsHeader(Path file, long base, long size) {
        this.file = file;
        this.base = base;
        this.size = size;
    }

    /**
     * Where a tensor lies.
     *
     * @param type what the header calls the type of its numbers
     * @param format that type, where we read it
     * @param shape sizes of its axes
     * @param elements how many numbers
     * @param begin its first byte in the file
     * @param end the byte after its last
     */
    record Entry(String type, Optional<NumberFormat> format, long[] shape, long elements, long begin, long end) {}

    /**
     * Reads the tensors of a file in the order of its header.
     *
     * @throws RlhfException USER naming file and tensor when it is cut short or damaged
     */
    static Map<String, Entry> read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size <= PREFIX) {
            throw damaged(file, "it has " + size + " bytes");
        }
        ByteBuffer prefix = ByteBuffer.allocate(PREFIX + 1).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, 0, prefix, file);
        long length = prefix.flip().getLong();
        if (length < 2 || length > size - PREFIX) {
            throw damaged(
                    file,
                    "its header should have " + Long.toUnsignedString(length) + " bytes, but the file has " + size);
        }
        if (length > MOST) {
            throw damaged(file, "its header of " + length + " bytes is longer than the " + MOST + " that may be");
        }
        if (prefix.get() != '{') {
            throw damaged(file, "its header is not JSON");
        }
        ByteBuffer header = ByteBuffer.allocate((int) length);
        readFully(channel, PREFIX, header, file);
        return new SafetensorsHeader(file, PREFIX + length, size).entries(json(file, header.flip()));
    }

    private static JsonNode json(Path file, ByteBuffer header) throws IOException {
        try {
            return JSON.readTree(
                    StandardCharsets.UTF_8.newDecoder().decode(header).toString());
        } catch (CharacterCodingException e) {
            throw damaged(file, "its header is not UTF-8");
        } catch (JsonProcessingException e) {
            throw damaged(file, "its header is not JSON: " + JsonMistake.describe(e));
        }
    }

    private Map<String, Entry> entries(JsonNode header) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (!field.getKey().equals("__metadata__")) {
                entries.put(field.getKey(), entry(field.getKey(), field.getValue()));
            }
        }
        requireFilled(entries);
        return entries;
    }

    private Entry entry(String name, JsonNode json) {
        JsonNode type = json.path("dtype");
        if (!type.isTextual()) {
            throw damaged(name + " has no dtype");
        }
        long[] shape = numbers(name, "shape", json.path("shape"));
        long[] offsets = numbers(name, "data_offsets", json.path("data_offsets"));
        if (offsets.length != 2 || offsets[1] < offsets[0]) {
            throw damaged(name + " has data_offsets " + json.path("data_offsets") + ", not a begin and an end");
        }
        if (offsets[1] > size - base) {
            throw damaged(name + " should end at byte " + offsets[1] + " of the " + (size - base)
                    + " that follow the header");
        }
        Optional<NumberFormat> format = NumberFormat.named(type.asText());
        long elements = elements(name, shape);
        long bytes = offsets[1] - offsets[0];
        if (format.isPresent()
                && (bytes % format.get().bytes() != 0 || bytes / format.get().bytes() != elements)) {
            throw damaged(name + " has " + bytes + " bytes, but " + type.asText() + " numbers of shape "
                    + Arrays.toString(shape));
        }
        return new Entry(type.asText(), format, shape, elements, base + offsets[0], base + offsets[1]);
    }

    private long[] numbers(String name, String key, JsonNode list) {
        if (!list.isArray()) {
            throw damaged(name + " has no " + key);
        }
        long[] numbers = new long[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode number = list.get(i);
            if (!number.isIntegralNumber() || !number.canConvertToLong() || number.asLong() < 0) {
                throw damaged(name + " has " + number + " in its " + key);
            }
            numbers[i] = number.asLong();
        }
        return numbers;
    }

    private long elements(String name, long[] shape) {
        try {
            long product = 1;
            for (long axis : shape) {
                product = Math.multiplyExact(product, axis);
            }
            return product;
        } catch (ArithmeticException tooMany) {
            throw damaged(name + " has a shape of too many numbers, " + Arrays.toString(shape));
        }
    }

    /** One tensor after the other, from the header's end to that of the file. */
    private void requireFilled(Map<String, Entry> entries) {
        List<Map.Entry<String, Entry>> inOrder = entries.entrySet().stream()
                .sorted(Comparator.comparingLong(
                                (Map.Entry<String, Entry> one) -> one.getValue().begin())
                        .thenComparingLong(one -> one.getValue().end()))
                .toList();
        long next = base;
        for (Map.Entry<String, Entry> one : inOrder) {
            long begin = one.getValue().begin();
            if (begin != next) {
                throw damaged(one.getKey() + " begins at byte " + (begin - base) + ", "
                        + (begin < next ? "inside another tensor" : "after a gap") + "; it should at " + (next - base));
            }
            next = one.getValue().end();
        }
        if (next != size) {
            throw damaged((size - next) + " bytes follow its last tensor");
        }
    }

    /** Fills a buffer from the file; USER when the file ends before. */
    static void readFully(FileChannel channel, long position, ByteBuffer buffer, Path file) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw damaged(file, "it ends at byte " + at);
            }
            at += read;
        }
    }

    private RlhfException damaged(String what) {
        return damaged(file, what);
    }

    private static RlhfException damaged(Path file, String what) {
        return RlhfException.user("not a whole safetensors file: " + file + " (" + what + ")");
    }
}
