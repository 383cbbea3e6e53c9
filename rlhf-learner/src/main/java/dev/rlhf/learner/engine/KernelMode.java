package dev.rlhf.learner.engine;

import java.util.Map;
import java.util.Set;

/**
 * Which kernels MKL takes. On Intel's processors it chooses by the number of rows, so that a row's last bits depend on the rows beside it;
 * in its strict mode they do not.
 *
 * <p>MKL reads an environment variable at its first call ({@link NativeEnvironment}).
 */
final class KernelMode {
    /** MKL's variable for conditional numerical reproducibility. */
    static final String VARIABLE = "MKL_CBWR";

    /** System property that names another mode, {@code default} for none, for the tests that see the guard to work and to be needed. */
    static final String PROPERTY = "rlhf.kernel-mode";

    private static final String DEFAULT = "default";
    private static final String MODE = decide();

    private KernelMode() {}

    /** Sets the mode if that has not been done. */
    static String set() {
        return MODE;
    }

    private static String decide() {
        if (NativeEnvironment.has(VARIABLE)) {
            return System.getenv(VARIABLE);
        }
        Map<String, String> facts = Processor.facts();
        String asked = System.getProperty(PROPERTY, "");
        String wanted = asked.isEmpty()
                ? of(facts.getOrDefault("vendor_id", Processor.UNKNOWN), Processor.flags(facts))
                : asked;
        return wanted.equals(DEFAULT) || !NativeEnvironment.set(VARIABLE, wanted) ? DEFAULT : wanted;
    }

    /** What a processor needs. */
    static String of(String vendor, Set<String> flags) {
        if (!vendor.equals("GenuineIntel")) {
            return DEFAULT;
        }
        return switch (Vectors.of(flags)) {
            case AVX512 -> "AVX512,STRICT";
            case AVX2 -> "AVX2,STRICT";
            case OTHER -> DEFAULT;
        };
    }
}
