package dev.rlhf.learner.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;

/**
 * Which kernels MKL takes. On Intel's processors it chooses by the number of rows, so that a row's last bits depend on the rows beside it;
 * in its strict mode they do not.
 *
 * <p>MKL reads an environment variable at its first call, so it is set from inside the process, before libtorch is loaded: that covers every
 * way to start one. What the user set wins.
 */
final class KernelMode {
    /** MKL's variable for conditional numerical reproducibility. */
    static final String VARIABLE = "MKL_CBWR";

    /** System property that names another mode, {@code default} for none, for the tests that see the guard to work and to be needed. */
    static final String PROPERTY = "rlhf.kernel-mode";

    private static final Logger LOG = System.getLogger(KernelMode.class.getName());
    private static final String DEFAULT = "default";
    private static final String MODE = decide();

    private KernelMode() {}

    /** The C library's view of the environment, which Java cannot change. */
    private interface Environment extends Library {
        int setenv(String name, String value, int overwrite);
    }

    /** Sets the mode if that has not been done. */
    static String set() {
        return MODE;
    }

    private static String decide() {
        String given = System.getenv(VARIABLE);
        if (given != null && !given.isBlank()) {
            return given;
        }
        Map<String, String> facts = Processor.facts();
        String asked = System.getProperty(PROPERTY, "");
        String wanted = asked.isEmpty()
                ? of(facts.getOrDefault("vendor_id", Processor.UNKNOWN), Processor.flags(facts))
                : asked;
        return wanted.equals(DEFAULT) || !set(wanted) ? DEFAULT : wanted;
    }

    private static boolean set(String mode) {
        try {
            return Native.load("c", Environment.class).setenv(VARIABLE, mode, 1) == 0;
        } catch (LinkageError refused) {
            LOG.log(
                    Level.WARNING,
                    "MKL's mode could not be set (" + refused.getMessage() + "); start with " + VARIABLE + "=" + mode
                            + " in the environment");
            return false;
        }
    }

    /** What a processor needs. */
    static String of(String vendor, Set<String> flags) {
        if (!vendor.equals("GenuineIntel")) {
            return DEFAULT;
        }
        if (flags.containsAll(Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl"))) {
            return "AVX512,STRICT";
        }
        return flags.contains("avx2") ? "AVX2,STRICT" : DEFAULT;
    }
}
