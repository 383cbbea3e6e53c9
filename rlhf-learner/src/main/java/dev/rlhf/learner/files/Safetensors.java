package dev.rlhf.learner.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tensors by name in a file: eight bytes of header length, a JSON header, then the numbers, little-endian.
 *
 * <p>The header is read and checked when the file is opened; numbers stream, as float32, when they are asked for. Tensors of formats we
 * do not read may be there, unread. {@link SafetensorsWriter} writes. Format: github.com/huggingface/safetensors.
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

    private record Entry(String type, Optional<NumberFormat> format, long[] shape, long begin, long end) {
        /** Numbers, −1 where the shape is none. */
        long elements() {
            try {
                long product = 1;
                for (long size : shape) {
                    product = Math.multiplyExact(product, size);
                }
                return Arrays.stream(shape).anyMatch(size -> size < 0) ? -1 : product;
            } catch (ArithmeticException tooMany) {
                return -1;
            }
        }

        /** What lies in the file is as long as shape and format say, as far as we know the format. */
        boolean isWhole(long base, long size) {
            if (begin < base || end < begin || end > size || elements() < 0) {
                return false;
            }
            long bytes = end - begin;
            return format.isEmpty()
                    || (bytes % format.get().bytes() == 0
                            && bytes / format.get().bytes() == elements());
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
            ByteBuffer prefix = ByteBuffer.allocate(PREFIX).order(ByteOrder.LITTLE_ENDIAN);
            readFully(channel, 0, prefix, file);
            long headerLength = prefix.flip().getLong();
            if (headerLength < 2 || headerLength > Math.min(MAX_HEADER, size - PREFIX)) {
                throw damaged(file, "its header of " + Long.toUnsignedString(headerLength) + " bytes does not fit");
            }
            ByteBuffer header = ByteBuffer.allocate((int) headerLength);
            readFully(channel, PREFIX, header, file);
            return new Safetensors(file, entries(file, JSON.readTree(header.array()), PREFIX + headerLength, size));
        } catch (JsonProcessingException e) {
            throw damaged(file, "its header is not JSON");
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static Map<String, Entry> entries(Path file, JsonNode header, long base, long size) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals("__metadata__")) {
                continue;
            }
            JsonNode value = field.getValue();
            String type = value.path("dtype").asText();
            JsonNode sizes = value.path("shape");
            long[] shape = new long[sizes.size()];
            Arrays.setAll(shape, i -> sizes.get(i).asLong(-1));
            long begin = base + value.path("data_offsets").path(0).asLong(-1);
            long end = base + value.path("data_offsets").path(1).asLong(-1);
            Entry entry = new Entry(type, NumberFormat.named(type), shape, begin, end);
            if (!entry.isWhole(base, size)) {
                throw damaged(
                        file,
                        field.getKey() + " should end at byte " + end + " of " + size
                                + "; the file is cut short or its header is wrong");
            }
            entries.put(field.getKey(), entry);
        }
        return entries;
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** Names of the tensors, in the order of the header. */
    public Set<String> names() {
        return entries.keySet();
    }

    /**
     * Sizes of a tensor's axes.
     *
     * @throws RlhfException USER when the file has no such tensor, or one of a format that we do not read
     */
    public long[] shape(String name) {
        format(name);
        return entry(name).shape().clone();
    }

    /**
     * Reads the numbers of a tensor as float32.
     *
     * @throws RlhfException USER when the file has no such tensor, one of a format that we do not read, or is cut short
     */
    public void read(String name, Numbers into) {
        Entry entry = entry(name);
        NumberFormat format = format(name);
        ByteBuffer raw = ByteBuffer.allocateDirect(format == NumberFormat.F32 ? 0 : Numbers.MOST * format.bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        long elements = entry.elements();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long first = 0; first < elements; first += Numbers.MOST) {
                int count = (int) Math.min(Numbers.MOST, elements - first);
                long position = entry.begin() + first * format.bytes();
                ByteBuffer window = into.window(first, count);
                if (format == NumberFormat.F32) {
                    readFully(channel, position, window, file);
                } else {
                    readFully(channel, position, raw.clear().limit(count * format.bytes()), file);
                    format.widen(raw.flip(), window);
                }
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Whether a tensor has the type, shape and bytes of one of another file. */
    boolean same(String name, Safetensors other, String otherName) {
        Entry mine = entry(name);
        Entry theirs = other.entry(otherName);
        long bytes = mine.end() - mine.begin();
        if (!mine.type().equals(theirs.type())
                || !Arrays.equals(mine.shape(), theirs.shape())
                || bytes != theirs.end() - theirs.begin()) {
            return false;
        }
        ByteBuffer one = ByteBuffer.allocate(Numbers.MOST);
        ByteBuffer two = ByteBuffer.allocate(Numbers.MOST);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel others = FileChannel.open(other.file, StandardOpenOption.READ)) {
            boolean same = true;
            for (long at = 0; same && at < bytes; at += Numbers.MOST) {
                int count = (int) Math.min(Numbers.MOST, bytes - at);
                readFully(channel, mine.begin() + at, one.clear().limit(count), file);
                readFully(others, theirs.begin() + at, two.clear().limit(count), other.file);
                same = one.flip().equals(two.flip());
            }
            return same;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private NumberFormat format(String name) {
        return entry(name)
                .format()
                .orElseThrow(() -> RlhfException.user(file + ": " + name + " has numbers of type "
                        + entry(name).type() + ", which are not supported; F32, BF16, F16 and F64 are"));
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw RlhfException.user(file + " has no tensor " + name);
        }
        return entry;
    }

    private static void readFully(FileChannel channel, long position, ByteBuffer buffer, Path file) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, at);
            if (read < 0) {
                throw damaged(file, "it ends at byte " + at);
            }
            at += read;
        }
    }

    private static RlhfException unreadable(Path file, IOException cause) {
        return RlhfException.resource("cannot read " + file + ": " + cause.getMessage(), cause);
    }

    private static RlhfException damaged(Path file, String what) {
        return RlhfException.user("not a whole safetensors file: " + file + " (" + what + ")");
    }
}
