package dev.rlhf.driver.model;

import dev.rlhf.core.base.Block;
import dev.rlhf.driver.config.TokenizerRecipe;
import dev.rlhf.learner.files.TokenizerFiles;
import java.nio.file.Path;

/** One token a byte of UTF-8: any text can be written. */
@Block(value = "tokenizer", kinds = "bytes")
public record ByteTokenizer() implements TokenizerRecipe {
    @Override
    public void write(Path directory) {
        TokenizerFiles.bytes(directory);
    }
}
