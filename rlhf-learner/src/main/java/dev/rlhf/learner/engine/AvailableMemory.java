package dev.rlhf.learner.engine;

import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Memory that can still be had, asked before much of it is taken: who takes more is killed without a word. */
public final class AvailableMemory {
    private static final Path SYSTEM = Path.of("/proc/meminfo");
    private static final Path GROUP = Path.of("/sys/fs/cgroup");
    private static final double GIBIBYTE = 1 << 30;
    /** Others grow too. */
    private static final double SHARE = 0.9;
    /** Asking costs more than a small tensor does. */
    private static final long SMALL = 16 << 20;

    private AvailableMemory() {}

    /** Bytes the machine, and the container if there is one, can still give; empty where neither says. */
    public static OptionalLong bytes() {
        return Stream.of(ofSystem(), ofGroup())
                .flatMapToLong(OptionalLong::stream)
                .min();
    }

    /**
     * Asks before allocating.
     *
     * @param bytes what is wanted
     * @param what it is for, in words
     * @param advice what to do when it is not there
     * @throws RlhfException RESOURCE with both numbers
     */
    public static void require(long bytes, String what, String advice) {
        if (!fits(bytes)) {
            throw RlhfException.resource(
                    what + " needs " + gibibytes(bytes) + " of memory, of which " + gibibytes(bytes().orElse(0))
                            + " can be had; " + advice,
                    null);
        }
    }

    /** Whether so much can be had. */
    public static boolean fits(long bytes) {
        return bytes <= SMALL || bytes <= SHARE * bytes().orElse(Long.MAX_VALUE);
    }

    /** E.g. {@code 1.5 GiB}. */
    public static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", bytes / GIBIBYTE);
    }

    private static OptionalLong ofSystem() {
        for (String line : lines(SYSTEM)) {
            if (line.startsWith("MemAvailable:")) {
                return OptionalLong.of(Long.parseLong(line.replaceAll("\\D", "")) << 10);
            }
        }
        return OptionalLong.empty();
    }

    /** A container's limit less what it holds and cannot drop; there is none where the file says {@code max}. */
    private static OptionalLong ofGroup() {
        List<String> limit = lines(GROUP.resolve("memory.max"));
        List<String> used = lines(GROUP.resolve("memory.current"));
        if (limit.isEmpty() || used.isEmpty() || limit.get(0).equals("max")) {
            return OptionalLong.empty();
        }
        long droppable = 0;
        for (String line : lines(GROUP.resolve("memory.stat"))) {
            if (line.startsWith("inactive_file ")) {
                droppable = Long.parseLong(line.substring(line.indexOf(' ') + 1));
            }
        }
        return OptionalLong.of(Long.parseLong(limit.get(0)) - Long.parseLong(used.get(0)) + droppable);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException unknown) {
            // Another system, or one that does not tell: then nothing is known, and nothing refused.
            return List.of();
        }
    }
}
