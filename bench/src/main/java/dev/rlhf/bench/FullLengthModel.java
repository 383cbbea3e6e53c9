package dev.rlhf.bench;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.Numbers;
import dev.rlhf.learner.files.Safetensors;
import dev.rlhf.learner.files.SafetensorsWriter;
import dev.rlhf.learner.files.TokenizerFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A random model of which every completion has its full length: it never ends one.
 *
 * <p>The first column of every embedding is 1, so that of every normalised state is near √hidden; the head weighs it with −10 for the
 * end of a response, whose probability is then below e^−100 beside any other token's.
 */
final class FullLengthModel {
    /** 0.63 million parameters with {@link #ALPHABET}. */
    static final Shape SMALL = new Shape(0, 128, 4, 4, 2, 272, 128, false);
    /** 25 million parameters with {@link #ALPHABET}. */
    static final Shape LARGE = new Shape(0, 512, 8, 8, 4, 1536, 384, false);

    private static final String ALPHABET =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;!?+-*/=>";
    private static final int END = 0;
    private static final float NEVER = -10;

    private FullLengthModel() {}

    /** Writes a model of {@code shape}, with a tokenizer of one token a character, into {@code directory}, and returns that. */
    static Path write(Shape shape, Path directory) {
        int vocabulary = TokenizerFiles.characters(ALPHABET, directory);
        shape.withVocabulary(vocabulary).write(directory);
        Path weights = directory.resolve(Checkpoint.FILE);
        Path random = directory.resolve("random.safetensors");
        try {
            Files.move(weights, random);
            Safetensors drawn = Safetensors.open(random);
            Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
            for (String name : drawn.names()) {
                tensors.put(
                        name, new SafetensorsWriter.Tensor(drawn.shape(name), numbers(drawn, name, shape.hidden())));
            }
            SafetensorsWriter.write(weights, NumberFormat.F32, tensors);
            Files.delete(random);
        } catch (IOException e) {
            throw FileFault.unwritten(weights, e);
        }
        return directory;
    }

    private static Numbers numbers(Safetensors drawn, String name, int hidden) {
        Numbers numbers = drawn.numbers(name);
        return switch (name) {
            case "model.embed_tokens.weight" ->
                (first, count) -> {
                    ByteBuffer window = numbers.window(first, count);
                    int skipped = (int) (-first % hidden + hidden) % hidden;
                    for (int row = skipped; row < count; row += hidden) {
                        window.putFloat(row * Float.BYTES, 1);
                    }
                    return window;
                };
            case "lm_head.weight" ->
                (first, count) -> {
                    ByteBuffer window = numbers.window(first, count);
                    return first == 0 ? window.putFloat(END * Float.BYTES, NEVER) : window;
                };
            default -> numbers;
        };
    }

    /** Text of {@code length} tokens for its tokenizer. */
    static String text(RandomGenerator random, int length) {
        StringBuilder text = new StringBuilder();
        random.ints(length, 0, ALPHABET.length()).forEach(i -> text.append(ALPHABET.charAt(i)));
        return text.toString();
    }
}
