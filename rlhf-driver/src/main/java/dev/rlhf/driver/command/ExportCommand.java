package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableDirectory;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.run.ExportSource;
import dev.rlhf.learner.ModelExport;
import dev.rlhf.learner.ModelExport.Form;
import dev.rlhf.learner.ModelExport.NumberType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf export RUN_DIR --to DIR}. */
@Command(
        name = "export",
        description = "Writes a run's model as a directory that transformers and vLLM load.",
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN_DIR", description = "the run's directory, or a model directory")
    private Path run = Path.of("");

    @Option(names = "--to", paramLabel = "DIR", description = "directory to write")
    private @Nullable Path target;

    @ArgGroup
    private Which which = new Which();

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description =
                    "type of the numbers: float32, bfloat16 or float16 (default: that of the model the run began with)")
    private @Nullable NumberType type;

    @Option(
            names = "--untie",
            description = "writes the output head although it is the embedding, for servers that keep a copy of it")
    private boolean untie;

    /** Which network; by default the one the run has left. */
    private static final class Which {
        @Option(
                names = "--stage",
                paramLabel = "NAME",
                arity = "0..1",
                fallbackValue = "",
                description = "the model of this stage; without a name it lists the stages")
        private @Nullable String stage;

        @Option(
                names = "--checkpoint",
                paramLabel = "NAME",
                description = "the network in this checkpoint, e.g. step-000025")
        private @Nullable String checkpoint;

        @Option(names = "--from-checkpoint", description = "the network in the newest checkpoint")
        private boolean newest;
    }

    @Override
    public Integer call() {
        RunDirectory files = new RunDirectory(run);
        if (which.stage != null && which.stage.isEmpty()) {
            ExportSource.stages(files).forEach(Console::say);
            return 0;
        }
        if (target == null) {
            throw RlhfException.user("export needs --to DIR, the directory to write");
        }
        DurableFiles.requireEmpty(target, "--to");
        ExportSource source = source(files);
        NumberType chosen = type == null ? NumberType.of(source.base()) : type;
        DurableDirectory.write(
                target,
                folder -> ModelExport.write(source.network(), source.companions(), new Form(chosen, untie), folder));
        DurableDirectory.forgetManifest(target);
        Console.say(target + " (" + chosen.text() + ")");
        return 0;
    }

    private ExportSource source(RunDirectory files) {
        String stage = which.stage;
        if (stage != null) {
            return ExportSource.ofStage(files, stage);
        }
        return which.newest || which.checkpoint != null
                ? ExportSource.ofCheckpoint(files, Optional.ofNullable(which.checkpoint))
                : ExportSource.ofModel(files);
    }
}
