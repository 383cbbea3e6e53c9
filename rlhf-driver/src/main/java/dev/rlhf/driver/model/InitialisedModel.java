package dev.rlhf.driver.model;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.driver.config.ModelRecipe;
import dev.rlhf.driver.config.TokenizerRecipe;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.ModelInitialiser;
import java.nio.file.Path;

/**
 * A model of any family with random weights, of the shape that a config.json says.
 *
 * @param config the config.json, relative to the recipe; which tokens begin, end and pad a text is the tokenizer's affair
 * @param tokenizer the tokenizer, of at most as many tokens as the config's vocab_size
 */
@Block(value = "model", kinds = "initialised")
public record InitialisedModel(Path config, TokenizerRecipe tokenizer) implements ModelRecipe {
    @Override
    public Path build(Seed seed, Path directory) {
        ModelInitialiser.random(config, endOfSequence(directory), seed.derive("model"), directory);
        return directory;
    }

    @Override
    public Path tokenizer(Path directory) {
        ModelInitialiser.describe(config, endOfSequence(directory), directory);
        return directory;
    }

    @Override
    public Path place(Path made) {
        return made;
    }

    @Override
    public String words() {
        return "random at the start, of the shape in " + config.getFileName();
    }

    /** Writes the tokenizer, whose tokens must all have a row; returns the token that ends a text. */
    private int endOfSequence(Path directory) {
        int vocabulary = ModelConfig.of(config).vocabularySize();
        try (HuggingFaceTokenizer opened = WrittenTokenizer.open(tokenizer, directory)) {
            if (opened.vocabularySize() > vocabulary) {
                throw RlhfException.user(config + " has a vocab_size of " + vocabulary
                        + ", but the tokenizer has token ids up to " + (opened.vocabularySize() - 1)
                        + ", each of which needs a row; raise it, or choose another tokenizer");
            }
            return opened.endOfSequence();
        }
    }
}
