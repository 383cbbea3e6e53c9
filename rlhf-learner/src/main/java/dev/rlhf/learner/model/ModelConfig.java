package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a decoder, as in the config.json of a Hugging Face model directory.
 *
 * @param family how the shape becomes blocks
 * @param vocabularySize number of token ids, V
 * @param hiddenSize width of the residual stream, D
 * @param layers number of decoder layers
 * @param attentionHeads query heads
 * @param keyValueHeads key and value heads; divides {@code attentionHeads}
 * @param headSize width of a head, even; need not be hiddenSize / attentionHeads
 * @param intermediateSize inner width of the feed-forward block
 * @param contextLength most positions of a sequence
 * @param rotary how positions turn queries and keys
 * @param normEpsilon added to the mean square in RMSNorm
 * @param tieEmbeddings whether the language-model head is the embedding matrix
 * @param endTokens ids that end a response, possibly none, in ascending order where they were read
 */
public record ModelConfig(
        Family family,
        int vocabularySize,
        int hiddenSize,
        int layers,
        int attentionHeads,
        int keyValueHeads,
        int headSize,
        int intermediateSize,
        int contextLength,
        RotaryEmbedding rotary,
        double normEpsilon,
        boolean tieEmbeddings,
        List<Integer> endTokens) {
    /** Name of the file in a model directory. */
    public static final String FILE = "config.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Checks the sizes; throws USER naming what does not fit. */
    public ModelConfig {
        endTokens = List.copyOf(endTokens);
        require(vocabularySize > 0 && hiddenSize > 0 && layers > 0 && contextLength > 0, "sizes must be above 0");
        require(intermediateSize > 0 && attentionHeads > 0 && keyValueHeads > 0, "sizes must be above 0");
        require(
                attentionHeads % keyValueHeads == 0,
                attentionHeads + " attention heads are no multiple of " + keyValueHeads + " key-value heads");
        require(headSize > 0 && headSize % 2 == 0, "the head size must be even, not " + headSize);
        require(normEpsilon > 0, "rms_norm_eps must be above 0, not " + normEpsilon);
    }

    /**
     * Reads config.json and the end tokens of generation_config.json of a model directory.
     *
     * @throws RlhfException USER naming the file when it is missing, damaged, or a model this decoder is not, with key and value
     */
    public static ModelConfig read(Path modelDirectory) {
        return ModelConfigReader.read(modelDirectory);
    }

    /**
     * Whether weights of {@code other} mean the same here: all that a weight's shape does not show is equal.
     *
     * <p>Tied or not is left to the weights, context and end tokens change no number.
     */
    public boolean computesAs(ModelConfig other) {
        return family.equals(other.family)
                && attentionHeads == other.attentionHeads
                && keyValueHeads == other.keyValueHeads
                && headSize == other.headSize
                && normEpsilon == other.normEpsilon
                && rotary.equals(other.rotary);
    }

    /** Whether a server of the one can be given the weights of the other: they compute the same, with as many weights of each name. */
    public boolean sameShape(ModelConfig other) {
        return computesAs(other)
                && vocabularySize == other.vocabularySize
                && hiddenSize == other.hiddenSize
                && layers == other.layers
                && intermediateSize == other.intermediateSize
                && tieEmbeddings == other.tieEmbeddings;
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
        return new ModelConfig(
                family,
                vocabularySize,
                hiddenSize,
                layers,
                attentionHeads,
                keyValueHeads,
                headSize,
                intermediateSize,
                length,
                rotary,
                normEpsilon,
                tieEmbeddings,
                endTokens);
    }

    /** Ids that end a response, by config.json and generation_config.json of a model directory; none where there are no such files. */
    public static List<Integer> endTokens(Path modelDirectory) {
        return ModelConfigReader.endTokens(modelDirectory);
    }

    /** The blocks of a decoder of this shape. */
    public Architecture architecture() {
        return family.architecture(this);
    }

    /** This shape, of a language model, as a config.json that transformers and vLLM read. */
    public ObjectNode toJson() {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures").add(family.languageModel());
        json.put("model_type", family.modelType());
        json.put("vocab_size", vocabularySize);
        json.put("hidden_size", hiddenSize);
        json.put("num_hidden_layers", layers);
        json.put("num_attention_heads", attentionHeads);
        json.put("num_key_value_heads", keyValueHeads);
        json.put("head_dim", headSize);
        json.put("intermediate_size", intermediateSize);
        json.put("max_position_embeddings", contextLength);
        json.put("rope_theta", rotary.theta());
        if (!(rotary.scaling() instanceof RotaryEmbedding.Plain)) {
            rotary.write(json);
        }
        json.put("rms_norm_eps", normEpsilon);
        json.put("tie_word_embeddings", tieEmbeddings);
        json.put("hidden_act", "silu");
        json.put("attention_bias", false);
        json.put("mlp_bias", false);
        json.put("torch_dtype", "float32");
        json.putNull("bos_token_id");
        if (endTokens.size() == 1) {
            json.put("eos_token_id", endTokens.get(0));
        } else if (endTokens.size() > 1) {
            endTokens.forEach(json.putArray("eos_token_id")::add);
        }
        return json;
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
