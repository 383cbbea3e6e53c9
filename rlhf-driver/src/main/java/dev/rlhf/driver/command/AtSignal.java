package dev.rlhf.driver.command;

import java.util.Optional;
import java.util.function.Supplier;

/** Work during which a signal that ends the process has something said. */
final class AtSignal {
    private AtSignal() {}

    /** Does the work; a signal in the meantime has the words said, if there are some by then. */
    static <T> T say(Supplier<Optional<String>> words, Supplier<T> work) {
        Thread hook = new Thread(
                () -> words.get().ifPresent(text -> Console.say(System.lineSeparator() + text)), "words-at-signal");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.get();
        } finally {
            remove(hook);
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The process ends already, and the words are being said.
        }
    }
}
