package dev.rlhf.driver.model;

import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.driver.config.ModelRecipe;
import dev.rlhf.driver.config.TokenizerRecipe;
import dev.rlhf.driver.data.RemoteName;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.ModelDirectory;
import dev.rlhf.learner.files.Companions;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.TokenizerFiles;
import dev.rlhf.learner.model.Llama;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.ModelInitialiser;
import dev.rlhf.learner.model.RotaryEmbedding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Brings about the model directory a recipe names. */
public final class ModelBuilder {
    private ModelBuilder() {}

    /**
     * The directory of the model: {@code directory}, where a random model is written, or the given one, which is checked.
     *
     * <p>Equal recipe and seed give equal bytes.
     *
     * @throws RlhfException USER when a given model or tokenizer is missing or none we can use
     */
    public static Path build(ModelRecipe recipe, Seed seed, Path directory) {
        if (recipe instanceof ModelRecipe.Directory given) {
            if (!Files.isDirectory(given.path())) {
                RemoteName.refuseModel(given.path());
                throw RlhfException.user("no such model directory: " + given.path());
            }
            ModelDirectory.of(given.path()).check();
            return given.path();
        }
        ModelRecipe.Random random = (ModelRecipe.Random) recipe;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw RlhfException.resource("cannot make " + directory + ": " + e.getMessage(), e);
        }
        writeTokenizer(random.tokenizer(), directory);
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(directory)) {
            ModelInitialiser.random(config(random, tokenizer), seed.derive("model"), directory);
        }
        return directory;
    }

    /** Writes the tokenizer of a random model alone into {@code directory}, which it returns. */
    public static Path tokenizer(ModelRecipe.Random recipe, Path directory) {
        writeTokenizer(recipe.tokenizer(), directory);
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(directory)) {
            JsonFile.write(
                    directory.resolve(ModelConfig.FILE),
                    config(recipe, tokenizer).toJson());
        }
        return directory;
    }

    private static void writeTokenizer(TokenizerRecipe recipe, Path directory) {
        if (recipe instanceof TokenizerRecipe.Characters characters) {
            TokenizerFiles.characters(characters.alphabet(), directory);
        } else if (recipe instanceof TokenizerRecipe.Bytes) {
            TokenizerFiles.bytes(directory);
        } else if (recipe instanceof TokenizerRecipe.File file) {
            InputFile.require(file.path().resolve(HuggingFaceTokenizer.FILE));
            InputFile.require(file.path().resolve(HuggingFaceTokenizer.CONFIG_FILE));
            Companions.copy(file.path(), directory);
        } else {
            throw RlhfException.bug("no tokenizer is known of " + recipe.getClass());
        }
    }

    private static ModelConfig config(ModelRecipe.Random random, HuggingFaceTokenizer tokenizer) {
        return new ModelConfig(
                new Llama(),
                tokenizer.vocabularySize(),
                random.hiddenSize(),
                random.layers(),
                random.attentionHeads(),
                random.keyValueHeads(),
                random.headSize(),
                random.intermediateSize(),
                random.contextLength(),
                RotaryEmbedding.of(random.ropeTheta()),
                random.normEpsilon(),
                random.tieEmbeddings(),
                List.of(tokenizer.endOfSequence()));
    }
}
