package dev.rlhf.driver.stage;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPart;
import dev.rlhf.driver.observe.StageWords;
import java.nio.file.Path;
import java.util.List;

/**
 * A kind of stage: how a recipe writes it, what it reads, how it runs, and what is said of it.
 *
 * <p>What one of its keys asks of another is checked by the recipe's own record; what it asks of earlier stages by {@link
 * StageRecipe#check}.
 *
 * @param <R> its block in a recipe, whose {@code @Block} names its kinds
 */
public interface StageKind<R extends StageRecipe> {
    /** The record of its block. */
    Class<R> recipe();

    /**
     * Reads all that a stage will read, its evaluation's prompts apart.
     *
     * @throws RlhfException USER naming file and line of what is wrong
     */
    List<DataPart> data(R stage, DataLoader data);

    /**
     * Looks at what it brings beside data, before anything trains.
     *
     * @param recipe the whole recipe
     * @param base directory with at least the configuration and the tokenizer of the model that stages call base
     * @throws RlhfException USER naming the file of what cannot be used
     */
    default void check(R stage, Recipe recipe, Path base) {}

    /**
     * Opens networks and data, and publishes the weights to start from.
     *
     * @throws RlhfException USER for data or models that cannot be used, RESOURCE for a lost actor
     */
    Stage open(R stage, StageContext context, StageStart start);

    /** What the report says of it beside its numbers. */
    StageWords words(R stage);
}
