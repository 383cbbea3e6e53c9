package dev.rlhf.driver.model;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.driver.config.TokenizerRecipe;
import dev.rlhf.learner.files.TokenizerFiles;
import java.nio.file.Path;

/**
 * One token a character of a fixed alphabet.
 *
 * @param alphabet the characters, each once
 */
@Block(value = "tokenizer", kinds = "characters")
public record CharacterTokenizer(String alphabet) implements TokenizerRecipe {
    /** Checks the alphabet; throws USER. */
    public CharacterTokenizer {
        KeyException.require(!alphabet.isEmpty(), "alphabet", "must not be empty");
        KeyException.require(
                alphabet.codePoints().distinct().count()
                        == alphabet.codePoints().count(),
                "alphabet",
                "must hold each character once");
    }

    @Override
    public void write(Path directory) {
        TokenizerFiles.characters(alphabet, directory);
    }
}
