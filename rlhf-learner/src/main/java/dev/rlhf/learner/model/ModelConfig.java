package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.files.JsonFile;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the config.json of a Hugging Face model directory says of a decoder.
 *
 * @param family how the keys became blocks
 * @param vocabularySize number of token ids, V
 * @param hiddenSize width of the residual stream, D
 * @param contextLength most positions of a sequence
 * @param tieEmbeddings whether the language-model head is the embedding matrix
 * @param endTokens ids that end a response, possibly none, in ascending order where they were read
 * @param architecture the blocks
 */
public record ModelConfig(
        Family family,
        int vocabularySize,
        int hiddenSize,
        int contextLength,
        boolean tieEmbeddings,
        List<Integer> endTokens,
        Architecture architecture) {
    /** Name of the file in a model directory. */
    public static final String FILE = "config.json";

    /** Checks the sizes; throws USER naming what does not fit. */
    public ModelConfig {
        endTokens = List.copyOf(endTokens);
        require(vocabularySize > 0 && hiddenSize > 0 && contextLength > 0, "sizes must be above 0");
        require(!architecture.layers().isEmpty(), "sizes must be above 0");
        for (int token : endTokens) {
            require(
                    token < vocabularySize,
                    "eos_token_id, here or in generation_config.json, names token " + token + ", but vocab_size is "
                            + vocabularySize
                            + ", so that no response could end with it; use the configuration the model was"
                            + " made with");
        }
    }

    /**
     * Reads config.json and the end tokens of generation_config.json of a model directory.
     *
     * @throws RlhfException USER naming the file when it is missing, damaged, or a model this decoder is not, with key and value
     */
    public static ModelConfig read(Path modelDirectory) {
        return ConfigKeys.read(modelDirectory);
    }

    /** What a config.json says that stands alone; throws USER as {@link #read}. */
    public static ModelConfig of(Path file) {
        JsonNode json = JsonFile.readObject(file);
        return ConfigKeys.read(file, json, EndTokens.of(json, file));
    }

    /** What a family makes of a config.json; throws USER as {@link #read}. */
    public static ModelConfig of(Family family, JsonNode json) {
        Path file = Path.of(FILE);
        return ConfigKeys.read(file, json, EndTokens.of(json, file), family);
    }

    /**
     * Whether weights of {@code other} mean the same here.
     *
     * <p>Tied or not is left to the weights, context and end tokens change no number.
     */
    public boolean computesAs(ModelConfig other) {
        return family.equals(other.family) && architecture.equals(other.architecture);
    }

    /** Whether a server of the one can be given the weights of the other: they compute the same, with as many weights of each name. */
    public boolean sameShape(ModelConfig other) {
        return computesAs(other) && tieEmbeddings == other.tieEmbeddings;
    }

    /**
     * The same with a shorter context.
     *
     * @param length most positions; null for those it has
     * @throws RlhfException USER when the model has fewer
     */
    public ModelConfig within(@Nullable Integer length) {
        if (length == null) {
            return this;
        }
        require(
                length > 0 && length <= contextLength,
                "context-length must be from 1 to the model's own " + contextLength + ", not " + length);
        return new ModelConfig(family, vocabularySize, hiddenSize, length, tieEmbeddings, endTokens, architecture);
    }

    /** Ids that end a response, by config.json and generation_config.json of a model directory; none where there are no such files. */
    public static List<Integer> endTokens(Path modelDirectory) {
        return EndTokens.of(modelDirectory);
    }

    /**
     * Says in a config.json that the model gives one score a sequence, under the name that transformers has for it.
     *
     * @throws RlhfException USER when its {@code model_type} is of no family that is known
     */
    public static void describeScorer(ObjectNode json) {
        Family family = Families.of(json.path("model_type").asText(), Path.of(FILE));
        json.putArray("architectures").add(family.scorer());
        json.putObject("id2label").put("0", "LABEL_0");
        json.putObject("label2id").put("LABEL_0", 0);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw RlhfException.user(message);
        }
    }
}
