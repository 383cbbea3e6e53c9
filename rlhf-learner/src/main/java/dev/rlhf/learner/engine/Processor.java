package dev.rlhf.learner.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the last bits of a result depend on beside its inputs and threads.
 *
 * @param model name of the processor, e.g. {@code AMD EPYC}; {@code unknown} where the system does not tell
 * @param vendor e.g. {@code GenuineIntel}; {@code unknown} where the system does not tell
 * @param vectors its widest vectors, by which libtorch and MKL choose kernels: {@code AVX512}, {@code AVX2} or {@code OTHER}
 * @param mode what MKL was told of its kernels (MKL_CBWR), e.g. {@code AVX512,STRICT}; {@code default} for nothing
 */
public record Processor(String model, String vendor, String vectors, String mode) {
    static final String UNKNOWN = "unknown";

    private static final Path FILE = Path.of("/proc/cpuinfo");

    /** The processor at hand and the mode that libtorch works in. */
    public static Processor here() {
        Map<String, String> facts = facts();
        return new Processor(
                facts.getOrDefault("model name", UNKNOWN),
                facts.getOrDefault("vendor_id", UNKNOWN),
                Vectors.of(flags(facts)).name(),
                KernelMode.set());
    }

    /** The mode this kind of processor needs for its bits; {@code default} for none. */
    public String needs() {
        return KernelMode.of(vendor, flags(facts()));
    }

    /** Whether the processor at hand has products of bfloat16; no where the system does not tell. */
    public static boolean multipliesBrainFloats() {
        Set<String> flags = flags(facts());
        return flags.contains("avx512_bf16") || flags.contains("amx_bf16");
    }

    /** E.g. {@code AMD EPYC (AuthenticAMD, AVX2, MKL's mode: default)}. */
    @Override
    public String toString() {
        return model + " (" + vendor + ", " + vectors + ", MKL's mode: " + mode + ")";
    }

    static Set<String> flags(Map<String, String> facts) {
        return Set.copyOf(List.of(facts.getOrDefault("flags", "").split(" ", -1)));
    }

    /** What the system says of the first processor; nothing on systems without such a file. */
    static Map<String, String> facts() {
        Map<String, String> facts = new HashMap<>();
        try {
            List<String> lines = Files.isReadable(FILE) ? Files.readAllLines(FILE) : List.of();
            for (String line : lines) {
                int colon = line.indexOf(':');
                if (colon > 0) {
                    facts.putIfAbsent(
                            line.substring(0, colon).strip(),
                            line.substring(colon + 1).strip());
                }
            }
        } catch (IOException unreadable) {
            // Nothing is known then, and the self-test says whether the promise holds.
            return Map.of();
        }
        return facts;
    }
}
