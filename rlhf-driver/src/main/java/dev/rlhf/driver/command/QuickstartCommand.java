package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.run.RunRequest.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ./rlhf quickstart}. */
@Command(
        name = "quickstart",
        description = "SFT, reward model, PPO and GRPO on words to be spelled backwards; minutes on two cores.",
        mixinStandardHelpOptions = true)
final class QuickstartCommand implements Callable<Integer> {
    @Option(names = "--out", paramLabel = "DIR", description = "the run's directory (default: runs/quickstart-<time>)")
    private @Nullable Path out;

    @Option(names = "--seed", paramLabel = "N", description = "seed every random draw is derived from")
    private @Nullable Long seed;

    @Mixin
    private MetricsOption metrics = new MetricsOption();

    @Override
    public Integer call() {
        Path recipe = Path.of(System.getProperty(Console.HOME, ".")).resolve("recipes/quickstart.yaml");
        if (!Files.exists(recipe)) {
            throw RlhfException.user("there is no " + recipe + "; start quickstart by the project's ./rlhf");
        }
        List<String> settings = new ArrayList<>();
        if (seed != null) {
            settings.add("seed=" + seed);
        }
        return Runs.begin(recipe, settings, out, new Options(metrics.address(), false));
    }
}
