package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.Recipes;
import dev.rlhf.driver.observe.ProgressLine;
import dev.rlhf.driver.observe.Summary;
import dev.rlhf.driver.report.RunReport;
import dev.rlhf.driver.run.RunLauncher;
import dev.rlhf.driver.run.RunRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What {@code run} and {@code quickstart} have in common. */
final class Runs {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private Runs() {}

    /** Runs a recipe and shows what it came to; returns the exit code. */
    static int run(Path file, List<String> settings, @Nullable Path out, boolean resume, OptionalInt metricsPort) {
        if (resume && out == null) {
            throw RlhfException.user("--resume needs --out DIR, the directory of the run to go on with");
        }
        Recipe recipe = Recipes.read(file, settings);
        Path directory = out == null
                ? Path.of(
                        "runs",
                        recipe.name() + "-"
                                + LocalDateTime.now(ZoneId.systemDefault()).format(STAMP))
                : out;
        Console.say("run in " + directory);
        RunRequest request = new RunRequest(recipe, text(file), directory, resume, metricsPort);
        ProgressLine progress = new ProgressLine(Console.out(), Console.isTerminal());
        Summary summary = ResumeHint.during(directory, () -> RunLauncher.launch(request, progress));
        RunReport.write(directory);
        Console.say("");
        Console.say(summary.table());
        Console.say("");
        RunDirectory files = new RunDirectory(directory);
        Console.say("model   " + files.model());
        Console.say("report  " + files.report());
        return 0;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw RlhfException.user("cannot read " + file + ": " + e.getMessage());
        }
    }
}
