package dev.rlhf.driver.model;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.TokenizerRecipe;
import dev.rlhf.learner.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tokenizer of a model that is made on the spot. */
final class WrittenTokenizer {
    private WrittenTokenizer() {}

    /** Writes what a recipe asks for into a directory, which is made, and opens it. */
    static HuggingFaceTokenizer open(TokenizerRecipe recipe, Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw RlhfException.resource("cannot make " + directory + ": " + e.getMessage(), e);
        }
        recipe.write(directory);
        return HuggingFaceTokenizer.open(directory);
    }
}
