package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import java.nio.file.Path;

/** The tokenizer of a random model. */
public sealed interface TokenizerRecipe {
    /**
     * One token a character of a fixed alphabet.
     *
     * @param alphabet the characters, each once
     */
    @Block(value = "tokenizer", kinds = "characters")
    record Characters(String alphabet) implements TokenizerRecipe {
        /** Checks the alphabet; throws USER. */
        public Characters {
            RecipeChecks.require(!alphabet.isEmpty(), "alphabet", "must not be empty");
            RecipeChecks.require(
                    alphabet.codePoints().distinct().count()
                            == alphabet.codePoints().count(),
                    "alphabet",
                    "must hold each character once");
        }
    }

    /** One token a byte of UTF-8: any text can be written. */
    @Block(value = "tokenizer", kinds = "bytes")
    record Bytes() implements TokenizerRecipe {}

    /**
     * The tokenizer of another model directory.
     *
     * @param path directory with tokenizer.json and tokenizer_config.json, relative to the recipe
     */
    @Block(value = "tokenizer", kinds = "file")
    record File(Path path) implements TokenizerRecipe {}
}
