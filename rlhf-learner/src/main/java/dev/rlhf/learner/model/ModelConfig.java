package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.files.JsonFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a Llama decoder, as in the config.json of a Hugging Face model directory.
 *
 * @param vocabularySize number of token ids, V
 * @param hiddenSize width of the residual stream, D
 * @param layers number of decoder layers
 * @param attentionHeads query heads
 * @param keyValueHeads key and value heads; divides {@code attentionHeads}
 * @param headSize width of a head, even; need not be hiddenSize / attentionHeads
 * @param intermediateSize inner width of the feed-forward block
 * @param contextLength most positions of a sequence
 * @param ropeTheta base of the rotary frequencies
 * @param normEpsilon added to the mean square in RMSNorm
 * @param tieEmbeddings whether the language-model head is the embedding matrix
 * @param endTokens ids that end a response, possibly none
 */
public record ModelConfig(
        int vocabularySize,
        int hiddenSize,
        int layers,
        int attentionHeads,
        int keyValueHeads,
        int headSize,
        int intermediateSize,
        int contextLength,
        double ropeTheta,
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
        require(ropeTheta > 0 && normEpsilon > 0, "rope_theta and rms_norm_eps must be above 0");
    }

    /**
     * Reads config.json of a model directory; knows {@code rope_theta} and the newer {@code rope_parameters}.
     *
     * @throws RlhfException USER naming the file when it is missing, damaged, or a model this decoder is not
     */
    public static ModelConfig read(Path modelDirectory) {
        Path file = modelDirectory.resolve(FILE);
        JsonNode json = JsonFile.read(file);
        require(
                json.path("model_type").asText().equals("llama"),
                file + ": model_type is '" + json.path("model_type").asText() + "', only llama is supported");
        require(
                json.path("hidden_act").asText("silu").equals("silu"),
                file + ": hidden_act must be silu, not "
                        + json.path("hidden_act").asText());
        require(
                !json.path("attention_bias").asBoolean()
                        && !json.path("mlp_bias").asBoolean(),
                file + ": attention_bias and mlp_bias are not supported");
        int hidden = size(json, file, "hidden_size");
        int heads = size(json, file, "num_attention_heads");
        JsonNode headSize = json.path("head_dim");
        return new ModelConfig(
                size(json, file, "vocab_size"),
                hidden,
                size(json, file, "num_hidden_layers"),
                heads,
                json.path("num_key_value_heads").asInt(heads),
                headSize.isInt() ? headSize.asInt() : hidden / heads,
                size(json, file, "intermediate_size"),
                size(json, file, "max_position_embeddings"),
                ropeTheta(json, file),
                json.path("rms_norm_eps").asDouble(1e-6),
                json.path("tie_word_embeddings").asBoolean(false),
                endTokens(json.path("eos_token_id")));
    }

    /** Tokens of the query, key and value projections together: rows of the fused matrix. */
    public int projectionSize() {
        return (attentionHeads + 2 * keyValueHeads) * headSize;
    }

    /** This shape as a config.json that transformers and vLLM read, for the given architecture class. */
    public ObjectNode toJson(String architecture) {
        ObjectNode json = JSON.createObjectNode();
        json.putArray("architectures").add(architecture);
        json.put("model_type", "llama");
        json.put("vocab_size", vocabularySize);
        json.put("hidden_size", hiddenSize);
        json.put("num_hidden_layers", layers);
        json.put("num_attention_heads", attentionHeads);
        json.put("num_key_value_heads", keyValueHeads);
        json.put("head_dim", headSize);
        json.put("intermediate_size", intermediateSize);
        json.put("max_position_embeddings", contextLength);
        json.put("rope_theta", ropeTheta);
        json.put("rms_norm_eps", normEpsilon);
        json.put("tie_word_embeddings", tieEmbeddings);
        json.put("hidden_act", "silu");
        json.put("attention_bias", false);
        json.put("mlp_bias", false);
        json.put("torch_dtype", "float32");
        if (endTokens.size() == 1) {
            json.put("eos_token_id", endTokens.get(0));
        } else if (endTokens.size() > 1) {
            endTokens.forEach(json.putArray("eos_token_id")::add);
        }
        return json;
    }

    private static int size(JsonNode json, Path file, String key) {
        require(json.path(key).isInt(), file + ": " + key + " is missing or not a whole number");
        return json.path(key).asInt();
    }

    private static double ropeTheta(JsonNode json, Path file) {
        JsonNode parameters = json.has("rope_parameters") ? json.path("rope_parameters") : json.path("rope_scaling");
        String type =
                parameters.path("rope_type").asText(parameters.path("type").asText("default"));
        require(type.equals("default"), file + ": rotary embeddings of type " + type + " are not supported");
        return parameters.path("rope_theta").asDouble(json.path("rope_theta").asDouble(10_000.0));
    }

    private static List<Integer> endTokens(JsonNode node) {
        List<Integer> tokens = new ArrayList<>();
        if (node.isInt()) {
            tokens.add(node.asInt());
        }
        node.forEach(element -> tokens.add(element.asInt()));
        return tokens;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw RlhfException.user(message);
        }
    }
}
