package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Head;
import dev.rlhf.learner.block.Role;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.Numbers;
import dev.rlhf.learner.files.SafetensorsWriter;
import dev.rlhf.learner.files.Shards;
import dev.rlhf.learner.model.WeightLayout.Weight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Makes a model directory with random weights, each drawn as its {@link Role} wants. */
public final class ModelInitialiser {
    private static final double DEVIATION = 0.02;

    private ModelInitialiser() {}

    /**
     * Writes config.json and weights into {@code directory}, which is created.
     *
     * <p>Each weight has its own random stream, derived from {@code seed} and its name.
     *
     * @param json what config.json is to say
     */
    public static void random(ObjectNode json, Seed seed, Path directory) {
        Path file = directory.resolve(ModelConfig.FILE);
        random(json, ConfigKeys.read(file, json, EndTokens.of(json, file)), seed, directory);
    }

    /**
     * Writes config.json and weights of the shape that another config.json says.
     *
     * @param config that one; which tokens begin, end and pad a text there gives way
     * @param endOfSequence the token that ends a text
     */
    public static void random(Path config, int endOfSequence, Seed seed, Path directory) {
        random(described(config, endOfSequence), seed, directory);
    }

    /** Writes that config.json alone, into a directory that is there. */
    public static void describe(Path config, int endOfSequence, Path directory) {
        JsonFile.write(directory.resolve(ModelConfig.FILE), described(config, endOfSequence));
    }

    private static ObjectNode described(Path config, int endOfSequence) {
        ObjectNode json = JsonFile.read(config).deepCopy();
        json.putArray("architectures").add(ModelConfig.of(config).family().languageModel());
        json.remove("dtype");
        json.put("torch_dtype", "float32");
        json.putNull("bos_token_id").putNull("pad_token_id");
        return json.put("eos_token_id", endOfSequence);
    }

    /** The same of a decoder that {@code json} describes in words of its own. */
    public static void random(ObjectNode json, ModelConfig config, Seed seed, Path directory) {
        Path file = directory.resolve(ModelConfig.FILE);
        Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
        for (Weight weight : WeightLayout.of(config, Head.LANGUAGE_MODEL).weights()) {
            tensors.put(weight.name(), new SafetensorsWriter.Tensor(weight.shape(), numbers(weight, seed)));
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw FileFault.unwritten(directory, e);
        }
        JsonFile.write(file, json);
        Shards.USUAL.write(directory, NumberFormat.F32, tensors);
    }

    /** Numbers drawn as they are asked for. */
    private static Numbers numbers(Weight weight, Seed seed) {
        RandomGenerator random = seed.derive(weight.name()).random();
        return (start, count) -> {
            ByteBuffer numbers = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
                numbers.putFloat(first(weight.role(), random));
            }
            return numbers.flip();
        };
    }

    private static float first(Role role, RandomGenerator random) {
        return switch (role) {
            case MATRIX, SCORE -> (float) (DEVIATION * random.nextGaussian());
            case NORM -> 1;
            case BIAS -> 0;
        };
    }
}
