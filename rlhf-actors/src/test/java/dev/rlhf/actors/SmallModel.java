package dev.rlhf.actors;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.files.TokenizerFiles;
import dev.rlhf.learner.model.LlamaShape;
import dev.rlhf.learner.model.ModelInitialiser;
import java.nio.file.Path;
import java.util.List;

/** A random Llama of a few thousand parameters over the letters a to z. */
final class SmallModel {
    static final int CONTEXT = 64;

    private SmallModel() {}

    static Path in(Path directory, long seed) {
        int vocabulary = TokenizerFiles.characters("abcdefghijklmnopqrstuvwxyz", directory);
        LlamaShape config = new LlamaShape(
                vocabulary, 32, 2, 2, 1, 16, 64, CONTEXT, RotaryEmbedding.of(10_000), 1e-6, false, List.of(0));
        ModelInitialiser.random(config.toJson(), new Seed(seed), directory);
        return directory;
    }

    /** The same with heads of the least size that vLLM has kernels for. */
    static Path ofVllm(Path directory, long seed, boolean tied) {
        int vocabulary = TokenizerFiles.characters("abcdefghijklmnopqrstuvwxyz", directory);
        LlamaShape config = new LlamaShape(
                vocabulary, 64, 2, 2, 1, 32, 128, CONTEXT, RotaryEmbedding.of(10_000), 1e-6, tied, List.of(0));
        ModelInitialiser.random(config.toJson(), new Seed(seed), directory);
        return directory;
    }

    static NetworkSettings settings(Path directory, Head head) {
        return new NetworkSettings(directory.toString(), head, 64, 1, new Seed(5));
    }
}
