package dev.rlhf.driver.command;

import dev.rlhf.driver.experiment.CellWorker;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The processes of {@code ./rlhf experiment}; nobody calls it by hand. */
@Command(name = CellWorkerCommand.NAME, description = "Does the runs of an experiment, as it is told.", hidden = true)
final class CellWorkerCommand implements Callable<Integer> {
    static final String NAME = "experiment-worker";

    @Parameters(paramLabel = "FILE", description = "locked while this works")
    private Path lock = Path.of("");

    @Override
    public Integer call() {
        PrintStream answers = Console.reserved();
        CellWorker.work(Console.in(), answers, Console.out(), lock);
        return 0;
    }
}
