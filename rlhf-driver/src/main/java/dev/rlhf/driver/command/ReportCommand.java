package dev.rlhf.driver.command;

import dev.rlhf.driver.report.RunReport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf report RUN_DIR}. */
@Command(
        name = "report",
        description = "Writes report.html, one self-contained page about a run.",
        mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN_DIR", description = "the run's directory")
    private Path directory = Path.of("");

    @Override
    public Integer call() {
        Console.say("report  " + RunReport.write(directory));
        return 0;
    }
}
