package dev.rlhf.driver.command;

import dev.rlhf.core.base.Seed;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.config.ModelRecipe;
import dev.rlhf.driver.recipe.Recipes;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf init SPEC.yaml --to DIR}. */
@Command(
        name = "init",
        description = "Makes a randomly initialised model directory; SPEC.yaml holds a recipe's model block.",
        mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SPEC.yaml", description = "the model block of a recipe, or a whole recipe")
    private Path spec = Path.of("");

    @Option(names = "--to", paramLabel = "DIR", required = true, description = "directory to write")
    private Path target = Path.of("");

    @Option(names = "--seed", defaultValue = "1", description = "seed of the weights (default: ${DEFAULT-VALUE})")
    private long seed;

    @Override
    public Integer call() {
        ModelRecipe model = Recipes.readModel(spec);
        DurableFiles.requireEmpty(target, "--to");
        Console.say(model.build(new Seed(seed), target).toString());
        return 0;
    }
}
