package dev.rlhf.driver.submit;

import dev.rlhf.core.base.ErrorKind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the end of a job means.
 *
 * @param exitCode what a command ends with that waited for it
 * @param sentence what is said of it
 */
public record JobOutcome(int exitCode, String sentence) {
    /** That of a process which was told to end, as a driver is by {@code ./rlhf stop}: 128 and the number of SIGTERM. */
    public static final int STOPPED = 143;

    private static final int SIGNALS = 128;
    private static final String OURS = "rlhf: ";
    private static final String HINT = "; go on with: ";

    /** Reads the end of a job; throws IllegalArgumentException for one that has not ended. */
    public static JobOutcome of(JobInfo job) {
        return switch (job.state()) {
            case SUCCEEDED ->
                new JobOutcome(
                        0,
                        "job " + job.id() + " is done" + (job.out().isEmpty() ? "" : "; its run is in " + job.out()));
            case STOPPED -> new JobOutcome(STOPPED, "job " + job.id() + " was stopped" + hint(job));
            case FAILED -> failed(job);
            case PENDING, RUNNING -> throw new IllegalArgumentException("job " + job.id() + " has not ended");
        };
    }

    private static JobOutcome failed(JobInfo job) {
        if (job.exitCode().isEmpty()) {
            return lost(job, "job " + job.id() + " has no driver any more: " + brief(job.message()));
        }
        int code = job.exitCode().getAsInt();
        if (Arrays.stream(ErrorKind.values()).anyMatch(kind -> kind.exitCode() == code)) {
            Optional<String> said = lastSentence(job.message());
            // Where nothing was begun there is nothing to go on with, and the driver says no command.
            boolean begun = said.map(words -> words.contains(HINT)).orElse(true);
            return new JobOutcome(
                    code,
                    "job " + job.id() + " ended with exit code " + code
                            + said.map(words -> ": " + words.split(HINT, 2)[0]).orElse("")
                            + (code == ErrorKind.RESOURCE.exitCode() && begun ? hint(job) : ""));
        }
        if (code < 0 || code > SIGNALS) {
            int signal = code < 0 ? -code : code - SIGNALS;
            return lost(
                    job,
                    "the driver of job " + job.id() + " was ended by signal " + signal
                            + ", as the system does when memory runs out, or somebody by hand");
        }
        return lost(
                job,
                "the driver of job " + job.id() + " could not be started (exit code " + code + "): "
                        + brief(job.message()));
    }

    private static JobOutcome lost(JobInfo job, String sentence) {
        return new JobOutcome(ErrorKind.RESOURCE.exitCode(), sentence + hint(job));
    }

    private static String hint(JobInfo job) {
        return job.resume().isEmpty() ? "" : HINT + job.resume();
    }

    /** The driver's own last sentence; its hint is for those who are where it ran. */
    private static Optional<String> lastSentence(String message) {
        return message.lines()
                .filter(line -> line.startsWith(OURS))
                .reduce((first, second) -> second)
                .map(line -> line.substring(OURS.length()));
    }

    /** The first line of a message, or its last where that is the name of a Python exception. */
    private static String brief(String message) {
        List<String> lines = message.strip().lines().toList();
        return lines.isEmpty()
                ? "Ray does not say why"
                : lines.get(0).startsWith("Traceback") ? lines.get(lines.size() - 1) : lines.get(0);
    }
}
