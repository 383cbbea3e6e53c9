package dev.rlhf.driver.command;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Says how to go on with a run that ended before its time, by a command that can be pasted as it is. */
final class ResumeCommand {
    private static final Pattern PLAIN = Pattern.compile("[\\w./=:@%+-]+");

    private final RunDirectory run;
    private final String command;

    private ResumeCommand(Path directory, OptionalInt metricsPort) {
        run = new RunDirectory(directory);
        command = launcher() + " run --resume --out " + quoted(directory)
                + (metricsPort.isPresent() ? " --metrics-port " + metricsPort.getAsInt() : "");
    }

    /** Does the work of the run in {@code directory}; a signal in the meantime, and what it lacks, get the command. */
    static <T> T during(Path directory, OptionalInt metricsPort, Supplier<T> work) {
        ResumeCommand resume = new ResumeCommand(directory, metricsPort);
        Thread hook = new Thread(resume::sayStopped, "resume-hint");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.get();
        } catch (RlhfException failure) {
            throw resume.told(failure);
        } finally {
            remove(hook);
        }
    }

    private void sayStopped() {
        if (canResume()) {
            Console.say(System.lineSeparator() + "stopped; go on with: " + command);
        }
    }

    private RlhfException told(RlhfException failure) {
        boolean passing = failure.kind() == ErrorKind.RESOURCE || failure.kind() == ErrorKind.TRANSIENT;
        return passing && canResume()
                ? new RlhfException(failure.kind(), failure.getMessage() + "; go on with: " + command, failure)
                : failure;
    }

    private boolean canResume() {
        return Files.exists(run.resolved());
    }

    /** The project's launcher as it can be called from here. */
    private static String launcher() {
        Path home = Path.of(System.getProperty(Console.HOME, "."));
        return home.toAbsolutePath().normalize().equals(Path.of("").toAbsolutePath())
                ? "./rlhf"
                : quoted(home.resolve("rlhf"));
    }

    private static String quoted(Path path) {
        String text = path.toString();
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // The process ends already, and the hint is being given.
        }
    }
}
