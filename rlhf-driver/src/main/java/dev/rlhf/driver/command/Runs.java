package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.observe.ProgressLine;
import dev.rlhf.driver.observe.Summary;
import dev.rlhf.driver.report.RunReport;
import dev.rlhf.driver.run.RunLauncher;
import dev.rlhf.driver.run.RunRequest;
import dev.rlhf.driver.run.RunRequest.Options;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code run} and {@code quickstart} have in common. */
final class Runs {
    private static final Path RUNS = Path.of("runs");
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private Runs() {}

    /** Begins a run of a recipe; returns the exit code. */
    static int begin(Path file, List<String> settings, @Nullable Path out, Options options) {
        if (out != null) {
            return run(RunRequest.begin(file, settings, out, options));
        }
        RunRequest request = RunRequest.begin(file, settings, RUNS, options);
        return run(request.in(directory(request.recipe().name())));
    }

    /** A new directory for what has this name. */
    static Path directory(String name) {
        return RUNS.resolve(stamped(name));
    }

    /** The name with this second. */
    static String stamped(String name) {
        return name + "-" + LocalDateTime.now(ZoneId.systemDefault()).format(STAMP);
    }

    /** Goes on with the run in {@code out}; returns the exit code. */
    static int resume(Optional<Path> file, List<String> settings, @Nullable Path out, Options options) {
        if (out == null) {
            throw RlhfException.user("--resume needs --out DIR, the directory of the run to go on with");
        }
        return run(RunRequest.resume(file, settings, out, options));
    }

    /** Runs and shows what it came to. */
    private static int run(RunRequest request) {
        Path directory = request.directory();
        Console.say("run in " + directory);
        ProgressLine progress = new ProgressLine(Console.out(), Console.isTerminal());
        Summary summary = ResumeCommand.during(request, () -> RunLauncher.launch(request, progress));
        RunReport.write(directory);
        Console.say("");
        Console.say(summary.table());
        Console.say("");
        RunDirectory files = new RunDirectory(directory);
        Console.say("model   " + files.model());
        Console.say("report  " + files.report());
        return 0;
    }
}
