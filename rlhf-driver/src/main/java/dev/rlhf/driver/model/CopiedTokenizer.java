package dev.rlhf.driver.model;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.InputFile;
import dev.rlhf.driver.config.TokenizerRecipe;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.files.Companions;
import java.nio.file.Path;

/**
 * The tokenizer of another model directory.
 *
 * @param path directory with tokenizer.json and tokenizer_config.json, relative to the recipe
 */
@Block(value = "tokenizer", kinds = "file")
public record CopiedTokenizer(Path path) implements TokenizerRecipe {
    @Override
    public void write(Path directory) {
        InputFile.require(path.resolve(HuggingFaceTokenizer.FILE));
        InputFile.require(path.resolve(HuggingFaceTokenizer.CONFIG_FILE));
        Companions.copy(path, directory);
    }
}
