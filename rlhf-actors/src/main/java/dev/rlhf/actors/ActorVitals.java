package dev.rlhf.actors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an actor tells of itself beside its answers.
 *
 * @param residentBytes resident memory of its process; 0 where it has none of its own, or where the platform does not say
 * @param cpuSeconds processor time of its process since it began; 0 likewise
 * @param place which process it is, and where; empty where it has none of its own
 * @param numbers what it counts
 */
public record ActorVitals(long residentBytes, double cpuSeconds, String place, List<ActorNumber> numbers) {
    /** Of an actor that has not answered yet. */
    public static final ActorVitals NONE = new ActorVitals(0, 0, "", List.of());

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";
    private static final long KIB = 1024;
    private static final double NANOS = 1e9;

    /** Keeps its own copy of {@code numbers}. */
    public ActorVitals {
        numbers = List.copyOf(numbers);
    }

    /** Those of an actor that lives in somebody else's process. */
    static ActorVitals shared(byte[] numbers) {
        return new ActorVitals(0, 0, "", ActorNumber.read(numbers));
    }

    /** Those of this process, which is at {@code place}; {@code numbers} as {@link ByteActor#numbers} gives them. */
    public static ActorVitals ofThisProcess(String place, byte[] numbers) {
        Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        return new ActorVitals(resident(), cpu.toNanos() / NANOS, place, ActorNumber.read(numbers));
    }

    /** As they cross a process' boundary. */
    public byte[] bytes() {
        return Wire.write(this);
    }

    /** Those in such bytes. */
    public static ActorVitals read(byte[] bytes) {
        return Wire.read(bytes, ActorVitals.class);
    }

    private static long resident() {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(RESIDENT))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
                    .findFirst()
                    .orElse(0);
        } catch (IOException unknown) {
            // Only Linux says it there.
            return 0;
        }
    }
}
