package dev.rlhf.driver.command;

import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.recipe.Recipes;
import dev.rlhf.driver.run.RecipeCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf check RECIPE.yaml}. */
@Command(
        name = "check",
        description =
                "Shows a recipe with every key and what its data come to, tokens and loss mask included; trains nothing.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RECIPE.yaml", description = "the recipe")
    private Path file = Path.of("");

    @Option(names = "--set", paramLabel = "key=value", description = "sets a key over the recipe; may be repeated")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--elsewhere",
            description = "for a run on another machine: files that are not on this one are named, not asked for")
    private boolean elsewhere;

    @Override
    public Integer call() {
        Recipe recipe = Recipes.read(file, settings);
        String data = elsewhere ? RecipeCheck.describeForElsewhere(recipe) : RecipeCheck.describe(recipe);
        Console.say(Recipes.write(recipe));
        Console.say(data);
        return 0;
    }
}
