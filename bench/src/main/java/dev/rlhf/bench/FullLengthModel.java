package dev.rlhf.bench;

import dev.rlhf.core.base.Seed;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.Numbers;
import dev.rlhf.learner.files.Safetensors;
import dev.rlhf.learner.files.SafetensorsWriter;
import dev.rlhf.learner.files.TokenizerFiles;
import dev.rlhf.learner.model.LlamaShape;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.ModelInitialiser;
import dev.rlhf.learner.block.RotaryEmbedding;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A random model of which every completion has its full length: it never ends one.
 *
 * <p>The first column of every embedding is 1, so that of every normalised state is near √hidden; the head weighs it with −10 for the
 * end of a response, whose probability is then e^−100 beside any other token's.
 */
final class FullLengthModel {
    private static final int END = 0;
    private static final int HIDDEN = 128;
    private static final float NEVER = -10;

    private FullLengthModel() {}

    /** Writes the model, with a tokenizer of one token a character, into {@code directory}, and returns that. */
    static Path write(String alphabet, Path directory) {
        int vocabulary = TokenizerFiles.characters(alphabet, directory);
        LlamaShape config = new LlamaShape(vocabulary,
                HIDDEN,
                4,
                4,
                2,
                32,
                272,
                128,
                RotaryEmbedding.of(10_000),
                1e-6,
                false,
                List.of(END));
        Path random = directory.resolve("random");
        ModelInitialiser.random(config.toJson(), new Seed(1), random);
        Safetensors drawn = Safetensors.open(random.resolve(Checkpoint.FILE));
        Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
        for (String name : drawn.names()) {
            tensors.put(name, new SafetensorsWriter.Tensor(drawn.shape(name), numbers(drawn, name)));
        }
        JsonFile.write(directory.resolve(ModelConfig.FILE), config.toJson());
        SafetensorsWriter.write(directory.resolve(Checkpoint.FILE), NumberFormat.F32, tensors);
        return directory;
    }

    private static Numbers numbers(Safetensors drawn, String name) {
        Numbers numbers = drawn.numbers(name);
        return switch (name) {
            case "model.embed_tokens.weight" ->
                (first, count) -> {
                    ByteBuffer window = numbers.window(first, count);
                    for (int row = 0; row < count; row += HIDDEN) {
                        window.putFloat(row * Float.BYTES, 1);
                    }
                    return window;
                };
            case "lm_head.weight" ->
                (first, count) -> {
                    ByteBuffer window = numbers.window(first, count);
                    return first == 0 ? window.putFloat(END * HIDDEN * Float.BYTES, NEVER) : window;
                };
            default -> numbers;
        };
    }
}
