package dev.rlhf.driver.command;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.run.RunRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Says how to go on with a run that ended before its time, by a command that can be pasted as it is. */
final class ResumeCommand {
    private static final Pattern PLAIN = Pattern.compile("[\\w./=:@%+-]+");

    private final RunRequest request;
    private final RunDirectory run;

    private ResumeCommand(RunRequest request) {
        this.request = request;
        this.run = new RunDirectory(request.directory());
    }

    /** Does the work of a run; a signal in the meantime, and what it lacks, get the command. */
    static <T> T during(RunRequest request, Supplier<T> work) {
        ResumeCommand resume = new ResumeCommand(request);
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
            Console.say(System.lineSeparator() + "stopped; go on with: " + command());
        }
    }

    private RlhfException told(RlhfException failure) {
        boolean passing = failure.kind() == ErrorKind.RESOURCE || failure.kind() == ErrorKind.TRANSIENT;
        return passing && canResume()
                ? new RlhfException(failure.kind(), failure.getMessage() + "; go on with: " + command(), failure)
                : failure;
    }

    /** The run has its settings by itself but for those that were to hold from now on and did not come to it. */
    private String command() {
        OptionalInt port = request.options().metricsPort();
        return launcher() + " run --resume --out " + quoted(request.directory().toString())
                + request.unsaved().stream()
                        .map(setting -> " --set " + quoted(setting.text()))
                        .collect(Collectors.joining())
                + (port.isPresent() ? " --metrics-port " + port.getAsInt() : "");
    }

    private boolean canResume() {
        return Files.exists(run.resolved());
    }

    /** The project's launcher as it can be called from here. */
    private static String launcher() {
        Path home = Path.of(System.getProperty(Console.HOME, "."));
        return home.toAbsolutePath().normalize().equals(Path.of("").toAbsolutePath())
                ? "./rlhf"
                : quoted(home.resolve("rlhf").toString());
    }

    private static String quoted(String text) {
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
