package dev.rlhf.serve;

import dev.rlhf.core.base.Seed;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.files.TokenizerFiles;
import dev.rlhf.learner.model.LlamaShape;
import dev.rlhf.learner.model.ModelInitialiser;
import java.nio.file.Path;
import java.util.List;

/** A random Llama of 0.6 M parameters over the letters a to z and a space. */
final class SmallModel {
    static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz ";

    private SmallModel() {}

    static Path in(Path directory, long seed) {
        return in(directory, seed, 256);
    }

    static Path in(Path directory, long seed, int contextLength) {
        int vocabulary = TokenizerFiles.characters(ALPHABET, directory);
        LlamaShape config = new LlamaShape(
                vocabulary, 128, 4, 4, 2, 32, 384, contextLength, RotaryEmbedding.of(10_000), 1e-6, true, List.of(0));
        ModelInitialiser.random(config.toJson(), new Seed(seed), directory);
        return directory;
    }
}
