package dev.rlhf.driver.run;

import dev.rlhf.driver.config.Recipe;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * What the command line asks for.
 *
 * @param recipe the recipe, completed
 * @param recipeText the recipe as given
 * @param directory the run's directory
 * @param resume whether to go on with the run that is there
 * @param metricsPort port of the Prometheus endpoint, or empty for none
 */
public record RunRequest(Recipe recipe, String recipeText, Path directory, boolean resume, OptionalInt metricsPort) {}
