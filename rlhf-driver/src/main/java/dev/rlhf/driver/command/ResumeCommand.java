package dev.rlhf.driver.command;

import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.run.RunRequest;
import dev.rlhf.driver.submit.ShellWord;
import java.nio.file.Files;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The command by which a run goes on that ended before its time. */
final class ResumeCommand {
    /** Set for the driver of a job: where it runs nobody can go on with it, whoever submitted it can. */
    private static final String SUBMITTED = "RLHF_RESUME_COMMAND";

    private ResumeCommand() {}

    /** Does the work of a run; a signal in the meantime, and what it lacks, get the command. */
    static <T> T during(RunRequest request, Supplier<T> work) {
        RunDirectory run = new RunDirectory(request.directory());
        return HintedWork.during(() -> Files.exists(run.resolved()), () -> command(request), work);
    }

    /** The run has its settings by itself but for those that were to hold from now on and did not come to it. */
    private static String command(RunRequest request) {
        String ofTheJob = System.getenv(SUBMITTED);
        if (ofTheJob != null && !ofTheJob.isBlank()) {
            return ofTheJob;
        }
        return HintedWork.launcher() + " run --resume --out "
                + ShellWord.quoted(request.directory().toString())
                + request.unsaved().stream()
                        .map(setting -> " --set " + ShellWord.quoted(setting.text()))
                        .collect(Collectors.joining())
                + request.options()
                        .metrics()
                        .map(address -> " " + String.join(" ", address.options()))
                        .orElse("");
    }
}
