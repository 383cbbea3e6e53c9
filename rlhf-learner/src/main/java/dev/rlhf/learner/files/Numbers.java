package dev.rlhf.learner.files;

import java.nio.ByteBuffer;

/** A run of float32 numbers seen through windows, so that it need never lie in Java's heap whole. */
@FunctionalInterface
public interface Numbers {
    /** Most numbers of one window; a mebibyte. */
    int MOST = 1 << 18;

    /**
     * The numbers from {@code first} on; windows are asked for in order, each once.
     *
     * @param count numbers in it, 1 to {@link #MOST}
     * @return little-endian, from position to limit; where numbers are read into, writing to it changes them
     */
    ByteBuffer window(long first, int count);

    /** Called when numbers were read into the window from {@code first} on, before the next is asked for. */
    default void filled(long first, int count) {}
}
