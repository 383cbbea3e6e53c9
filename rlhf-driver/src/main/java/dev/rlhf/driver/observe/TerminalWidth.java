package dev.rlhf.driver.observe;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;

/** The columns of the terminal that standard output is, asked anew each time, since people resize it. */
final class TerminalWidth {
    /** Where the terminal does not say. */
    private static final int USUAL = 80;

    private static final int STANDARD_OUTPUT = 1;
    private static final long ASK_WINDOW_SIZE = 0x5413; // TIOCGWINSZ of Linux

    private TerminalWidth() {}

    /** The one function of the C library that tells. */
    private interface CLibrary extends Library {
        /** Fills {@code size} with rows, columns, width and height; returns 0 when the descriptor is a terminal. */
        int ioctl(int descriptor, NativeLong request, short[] size);
    }

    /** Held apart, so that the library is loaded only where there is a terminal. */
    private static final class Loaded {
        private static final CLibrary C = Native.load("c", CLibrary.class);
    }

    /** Its columns now, above 0. */
    static int columns() {
        short[] size = new short[4];
        boolean told = Loaded.C.ioctl(STANDARD_OUTPUT, new NativeLong(ASK_WINDOW_SIZE), size) == 0;
        return told && size[1] > 0 ? size[1] : USUAL;
    }
}
