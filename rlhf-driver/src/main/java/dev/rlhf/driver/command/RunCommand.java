package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.run.RunRequest.Options;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf run RECIPE.yaml}. */
@Command(name = "run", description = "Runs a recipe, stage after stage.", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "RECIPE.yaml",
            arity = "0..1",
            description = "the recipe; --resume does without, by the recipe and the settings of the run")
    private @Nullable Path recipe;

    @Option(names = "--out", paramLabel = "DIR", description = "the run's directory (default: runs/<name>-<time>)")
    private @Nullable Path out;

    @Mixin
    private RunOption run = new RunOption();

    @Override
    public Integer call() {
        Options options = run.options();
        if (run.resume()) {
            return Runs.resume(Optional.ofNullable(recipe), run.settings(), out, options);
        }
        if (recipe == null) {
            throw RlhfException.user("run needs a recipe, e.g. ./rlhf run recipes/quickstart.yaml");
        }
        return Runs.begin(recipe, run.settings(), out, options);
    }
}
