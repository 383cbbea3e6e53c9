package dev.rlhf.driver.command;

import dev.rlhf.driver.config.Recipes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf config defaults}. */
@Command(name = "config", description = "The reference of a recipe's keys.", mixinStandardHelpOptions = true)
final class ConfigCommand implements Callable<Integer> {
    /** What can be shown. */
    enum View {
        /** Every key with its default and its meaning. */
        DEFAULTS
    }

    @Parameters(paramLabel = "defaults", description = "defaults: every key with its default and its meaning")
    private View view = View.DEFAULTS;

    @Override
    public Integer call() {
        return switch (view) {
            case DEFAULTS -> {
                Console.say(Recipes.defaults());
                yield 0;
            }
        };
    }
}
