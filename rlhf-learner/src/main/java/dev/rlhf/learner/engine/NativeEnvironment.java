package dev.rlhf.learner.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * The C library's view of the environment, which Java cannot change.
 *
 * <p>Native libraries read it when they are loaded or first called, so it is set from inside the process, before libtorch is loaded: that
 * covers every way to start one. What the user set wins.
 */
final class NativeEnvironment {
    private static final Logger LOG = System.getLogger(NativeEnvironment.class.getName());

    private NativeEnvironment() {}

    private interface Standard extends Library {
        int setenv(String name, String value, int overwrite);
    }

    /** Whether the user has said something of a variable. */
    static boolean has(String name) {
        String given = System.getenv(name);
        return given != null && !given.isBlank();
    }

    /** Sets a variable; returns whether that could be done, and warns where it could not. */
    static boolean set(String name, String value) {
        try {
            return Native.load("c", Standard.class).setenv(name, value, 1) == 0;
        } catch (LinkageError refused) {
            LOG.log(
                    Level.WARNING,
                    "a native library could not be told how to work (" + refused.getMessage() + "); start with " + name
                            + "=" + value + " in the environment");
            return false;
        }
    }
}
