package dev.rlhf.driver.command;

import java.io.PrintStream;

/** Where people read; the only place that prints. */
final class Console {
    private Console() {}

    static void say(String text) {
        System.out.println(text);
    }

    static PrintStream out() {
        return System.out;
    }

    /** Whether a line can be drawn over; the launcher knows. */
    static boolean isTerminal() {
        return Boolean.getBoolean("rlhf.terminal");
    }
}
