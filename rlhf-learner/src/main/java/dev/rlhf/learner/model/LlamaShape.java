package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.learner.block.RotaryEmbedding;
import java.nio.file.Path;
import java.util.List;

/**
 * A Llama to be made.
 *
 * @param vocabularySize number of token ids
 * @param hiddenSize width of the residual stream
 * @param layers number of decoder layers
 * @param attentionHeads query heads
 * @param keyValueHeads key and value heads; divides {@code attentionHeads}
 * @param headSize width of a head, even
 * @param intermediateSize inner width of the feed-forward block
 * @param contextLength most positions of a sequence
 * @param rotary how positions turn queries and keys
 * @param normEpsilon added to the mean square in RMSNorm
 * @param tieEmbeddings whether the language-model head is the embedding matrix
 * @param endTokens ids that end a response, possibly none
 */
public record LlamaShape(
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
    /** The decoder; throws USER when the sizes do not fit together. */
    public ModelConfig config() {
        return ConfigKeys.read(Path.of(ModelConfig.FILE), toJson(), endTokens);
    }

    /** A config.json that transformers and vLLM read. */
    public ObjectNode toJson() {
        Llama llama = new Llama();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("architectures").add(llama.languageModel());
        json.put("model_type", llama.modelType());
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
}
