package dev.rlhf.learner;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.files.Companions;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.files.NumberFormat;
import dev.rlhf.learner.files.Numbers;
import dev.rlhf.learner.files.SafetensorsWriter.Tensor;
import dev.rlhf.learner.files.Shards;
import dev.rlhf.learner.model.Architecture;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.WeightLayout;
import dev.rlhf.learner.model.WeightNames;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Writes a network as a Hugging Face directory, tensor by tensor. */
public final class ModelExport {
    private static final String TIED = "tie_word_embeddings";
    private static final float LARGEST_HALF = 65_504f;

    private ModelExport() {}

    /**
     * How a model is written.
     *
     * @param type of its numbers
     * @param untie whether the output head is written although it is the embedding, for servers that keep a copy of it
     */
    public record Form(NumberType type, boolean untie) {}

    /** Types of numbers, by the names that config.json gives them. */
    public enum NumberType {
        /** Four bytes. */
        FLOAT32(NumberFormat.F32),
        /** The upper half of a float32. */
        BFLOAT16(NumberFormat.BF16),
        /** Two bytes, up to 65504. */
        FLOAT16(NumberFormat.F16);

        private final NumberFormat format;

        NumberType(NumberFormat format) {
            this.format = format;
        }

        /** The type that most weights of a model directory have. */
        public static NumberType of(Path model) {
            return switch (Checkpoint.ofDirectory(model).usualFormat()) {
                case BF16 -> BFLOAT16;
                case F16 -> FLOAT16;
                case F32, F64 -> FLOAT32;
            };
        }

        /** E.g. {@code bfloat16}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Writes a model directory.
     *
     * @param network the network's weights
     * @param companions model directory whose configuration and other files belong to the network
     * @param folder what to write to, empty
     * @throws RlhfException USER when a number does not fit the type or the head gives more than a score, RESOURCE when the disk refuses
     */
    public static void write(Checkpoint network, Path companions, Form form, Path folder) {
        write(network, companions, form, Shards.USUAL, folder);
    }

    static void write(Checkpoint network, Path companions, Form form, Shards shards, Path folder) {
        Companions.copy(companions, folder);
        Architecture architecture = ModelConfig.read(companions).architecture();
        String words = architecture.head().name();
        boolean untied = network.has(words);
        boolean scores = network.has(WeightLayout.SCORE);
        ObjectNode config = JsonFile.read(companions.resolve(ModelConfig.FILE)).deepCopy();
        config.remove("dtype");
        config.put("torch_dtype", form.type().text());
        if (scores) {
            WeightNames.requireOneScore(network);
            ModelConfig.describeScorer(config);
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        network.readable().forEach(name -> tensors.put(name, tensor(network, name, form.type())));
        if (form.untie() && !scores) {
            if (!untied) {
                tensors.put(words, tensor(network, architecture.embeddingName(), form.type()));
            }
            config.put(TIED, false);
        }
        JsonFile.write(folder.resolve(ModelConfig.FILE), config);
        shards.write(folder, form.type().format, tensors);
    }

    private static Tensor tensor(Checkpoint network, String name, NumberType type) {
        Numbers numbers = network.numbers(name);
        return new Tensor(
                network.shape(name),
                type == NumberType.FLOAT16
                        ? (first, count) -> requireHalf(numbers.window(first, count), network, name)
                        : numbers);
    }

    /** A half has no numbers beyond its range but infinity, with which no model computes. */
    private static ByteBuffer requireHalf(ByteBuffer window, Checkpoint network, String name) {
        for (int at = window.position(); at < window.limit(); at += Float.BYTES) {
            if (Math.abs(window.getFloat(at)) > LARGEST_HALF) {
                throw RlhfException.user(network.file(name) + ": " + name + " has a number of " + window.getFloat(at)
                        + ", which float16 cannot hold; choose --dtype bfloat16 or float32");
            }
        }
        return window;
    }
}
