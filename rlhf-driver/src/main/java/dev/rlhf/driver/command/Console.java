package dev.rlhf.driver.command;

import dev.rlhf.driver.run.LogLine;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Where people read; the only place that prints. */
final class Console {
    /** Property by which the launcher says where the project stands. */
    static final String HOME = "rlhf.home";

    private Console() {}

    /** Keeps what libraries log below a warning off the console; a run has it in its log. */
    static void quieten() {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.setLevel(Level.WARNING);
            handler.setFormatter(new LogLine());
        }
    }

    static void say(String text) {
        System.out.println(text);
    }

    /** Passes on what somebody else has printed, as it is. */
    static void print(String text) {
        System.out.print(text);
        System.out.flush();
    }

    /** Standard output for one who speaks with another process there; whatever else is printed goes to standard error. */
    static PrintStream reserved() {
        PrintStream out = System.out;
        System.setOut(System.err);
        return out;
    }

    static InputStream in() {
        return System.in;
    }

    static PrintStream out() {
        return System.out;
    }

    /** Whether a line can be drawn over; the launcher knows. */
    static boolean isTerminal() {
        return Boolean.getBoolean("rlhf.terminal");
    }
}
