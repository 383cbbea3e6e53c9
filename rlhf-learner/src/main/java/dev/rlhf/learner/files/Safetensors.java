package dev.rlhf.learner.files;

import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.files.SafetensorsHeader.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
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
    private final Path file;
    private final Map<String, Entry> entries;

    private Safetensors(Path file, Map<String, Entry> entries) {
        this.file = file;
        this.entries = entries;
    }

    /**
     * Reads the header and checks it against the file's size.
     *
     * @throws RlhfException USER naming the file and tensor when it is missing, cut short or damaged
     */
    public static Safetensors open(Path file) {
        InputFile.require(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new Safetensors(file, SafetensorsHeader.read(file, channel));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
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
                    SafetensorsHeader.readFully(channel, position, window, file);
                } else {
                    SafetensorsHeader.readFully(channel, position, raw.clear().limit(count * format.bytes()), file);
                    format.widen(raw.flip(), window);
                }
                into.filled(first, count);
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The numbers of a tensor as float32, read when they are asked for.
     *
     * @throws RlhfException USER when the file has no such tensor, or one of a format that we do not read
     */
    public Numbers numbers(String name) {
        Entry entry = entry(name);
        NumberFormat format = format(name);
        // A window is set aside when it is asked for: whoever writes a model holds the numbers of all its tensors.
        return (first, count) -> {
            ByteBuffer raw = ByteBuffer.allocate(count * format.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer wide = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                SafetensorsHeader.readFully(channel, entry.begin() + first * format.bytes(), raw, file);
            } catch (IOException e) {
                throw unreadable(file, e);
            }
            format.widen(raw.flip(), wide);
            return wide;
        };
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
                SafetensorsHeader.readFully(
                        channel, mine.begin() + at, one.clear().limit(count), file);
                SafetensorsHeader.readFully(
                        others, theirs.begin() + at, two.clear().limit(count), other.file);
                same = one.flip().equals(two.flip());
            }
            return same;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** The format of a tensor's numbers, where we read it. */
    Optional<NumberFormat> readableFormat(String name) {
        return entry(name).format();
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

    private static RlhfException unreadable(Path file, IOException cause) {
        return RlhfException.resource("cannot read " + file + ": " + cause.getMessage(), cause);
    }
}
