package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.run.RunRequest.Options;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "sets a key over the recipe, e.g. stages.ppo.steps=5; may be repeated")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", description = "the run's directory (default: runs/<name>-<time>)")
    private @Nullable Path out;

    @Option(names = "--resume", description = "goes on with the run in --out from its newest checkpoint")
    private boolean resume;

    @Option(
            names = "--accept-changed-inputs",
            description = "resumes although data, model or tokenizer are not those the run began with")
    private boolean acceptChangedInputs;

    @Mixin
    private MetricsOption metrics = new MetricsOption();

    @Override
    public Integer call() {
        Options options = new Options(metrics.address(), acceptChangedInputs);
        if (resume) {
            return Runs.resume(Optional.ofNullable(recipe), settings, out, options);
        }
        if (acceptChangedInputs) {
            throw RlhfException.user("--accept-changed-inputs is of use with --resume only");
        }
        if (recipe == null) {
            throw RlhfException.user("run needs a recipe, e.g. ./rlhf run recipes/quickstart.yaml");
        }
        return Runs.begin(recipe, settings, out, options);
    }
}
