package dev.rlhf.driver.command;

import dev.rlhf.driver.observe.MetricsPage;
import dev.rlhf.driver.recipe.Recipes;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf config defaults|schema|page|metrics|explain KEY}. */
@Command(
        name = "config",
        description = "The reference of a recipe's keys and of a run's numbers.",
        mixinStandardHelpOptions = true)
final class ConfigCommand {
    @Command(description = "Shows every key with its default and its meaning.", mixinStandardHelpOptions = true)
    int defaults() {
        Console.say(Recipes.defaults());
        return 0;
    }

    @Command(
            description =
                    "Shows every key with its meaning, its values and its default, as the page docs/configuration.md.",
            mixinStandardHelpOptions = true)
    int page() {
        Console.say(Recipes.page().stripTrailing());
        return 0;
    }

    @Command(
            description =
                    "Shows every number of a run: what it is, how it looks when all is well and what to do otherwise,"
                            + " as the page docs/metrics.md.",
            mixinStandardHelpOptions = true)
    int metrics() {
        Console.say(MetricsPage.text().stripTrailing());
        return 0;
    }

    @Command(
            description = "Shows the JSON Schema of a recipe, with which an editor completes and checks one.",
            mixinStandardHelpOptions = true)
    int schema() {
        Console.say(Recipes.schema());
        return 0;
    }

    @Command(
            description =
                    "Shows the names of all blocks and of their keys, as JSON, by which the chart checks settings.",
            mixinStandardHelpOptions = true)
    int blocks() {
        Console.say(Recipes.blocks());
        return 0;
    }

    @Command(
            description = "Explains a key: its meaning, the values it may have, its default.",
            mixinStandardHelpOptions = true)
    int explain(
            @Parameters(
                            paramLabel = "KEY",
                            description = "e.g. stages.ppo.kl.controller.beta, or kl-controller.adaptive.target")
                    String key,
            @Option(
                            names = "--recipe",
                            paramLabel = "FILE",
                            description =
                                    "the recipe whose stages the path may name; without it a stage is named by its kind")
                    @Nullable
                    Path recipe) {
        Console.say(recipe == null ? Recipes.explain(key) : Recipes.explain(key, recipe));
        return 0;
    }
}
