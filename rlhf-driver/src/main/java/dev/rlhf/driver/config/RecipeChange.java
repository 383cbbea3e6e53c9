package dev.rlhf.driver.config;

/**
 * A key that a resumed run has another value of.
 *
 * @param key its path, e.g. {@code stages.sft.steps}
 * @param before the value the run began with
 * @param after the value it goes on with
 */
public record RecipeChange(String key, String before, String after) {}
