package dev.rlhf.driver.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf run RECIPE.yaml}. */
@Command(name = "run", description = "Runs a recipe, stage after stage.", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RECIPE.yaml", description = "the recipe")
    private Path recipe = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "sets a key over the recipe, e.g. stages.ppo.steps=5; may be repeated")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", description = "the run's directory (default: runs/<name>-<time>)")
    private @Nullable Path out;

    @Option(names = "--resume", description = "goes on with the run in --out from its newest checkpoint")
    private boolean resume;

    @Mixin
    private MetricsOption metrics = new MetricsOption();

    @Override
    public Integer call() {
        return Runs.run(recipe, settings, out, resume, metrics.port());
    }
}
