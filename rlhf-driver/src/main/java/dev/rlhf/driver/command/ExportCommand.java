package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.checkpoint.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf export RUN_DIR --to DIR}. */
@Command(
        name = "export",
        description = "Copies a run's model into a directory that transformers and vLLM load.",
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN_DIR", description = "the run's directory")
    private Path run = Path.of("");

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "directory to write")
    private Path target = Path.of("");

    @Option(names = "--stage", paramLabel = "NAME", description = "the model of this stage (default: the last one's)")
    private @Nullable String stage;

    @Override
    public Integer call() {
        RunDirectory files = new RunDirectory(run);
        String name = stage;
        Path model = name == null ? files.model() : files.stage(name);
        if (!Files.isDirectory(model)) {
            throw RlhfException.user("there is no model in " + model + "; has the run ended?");
        }
        DurableFiles.requireEmpty(target, "--to");
        try {
            DurableFiles.copyTree(model, target);
            Files.deleteIfExists(target.resolve("manifest.json"));
        } catch (IOException refused) {
            throw RlhfException.resource(
                    "cannot copy " + model + " to " + target + ": " + DurableFiles.reason(refused), refused);
        }
        Console.say(target.toString());
        return 0;
    }
}
