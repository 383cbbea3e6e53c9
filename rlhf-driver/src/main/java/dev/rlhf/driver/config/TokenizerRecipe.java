package dev.rlhf.driver.config;

import java.nio.file.Path;

/** The tokenizer of a random model. */
public interface TokenizerRecipe {
    /** Writes its files into a model directory. */
    void write(Path directory);
}
