package dev.rlhf.driver.command;

import dev.rlhf.driver.checkpoint.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Says how to go on with a run that a signal ends. */
final class ResumeHint {
    private ResumeHint() {}

    /** Does the work of the run in {@code directory}; a signal in the meantime gets the hint. */
    static <T> T during(Path directory, Supplier<T> work) {
        Thread hook = new Thread(() -> say(directory), "resume-hint");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.get();
        } finally {
            remove(hook);
        }
    }

    private static void say(Path directory) {
        if (Files.exists(new RunDirectory(directory).resolved())) {
            Console.say(System.lineSeparator() + "stopped; the same command with --resume --out " + directory
                    + " goes on from the newest checkpoint");
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The process ends already, and the hint is being given.
        }
    }
}
