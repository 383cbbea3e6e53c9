package dev.rlhf.driver.config;

import java.nio.file.Path;

/**
 * A key set over a recipe.
 *
 * @param text {@code key=value}, e.g. {@code stages.ppo.steps=5}
 * @param directory what a relative path in the value is relative to
 */
public record Setting(String text, Path directory) {
    /** A setting made in the working directory. */
    public static Setting here(String text) {
        return new Setting(text, Path.of("").toAbsolutePath());
    }
}
