package dev.rlhf.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Seed;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.learner.model.ModelInitialiser;
import java.nio.file.Path;

/**
 * The shape of a Llama whose responses end with token 0.
 *
 * @param vocabulary number of tokens
 * @param hidden width of the residual stream
 * @param layers number of layers
 * @param heads attention heads
 * @param keys key-value heads, a divisor of {@code heads}
 * @param inner inner width of the feed-forward block
 * @param context most positions of a sequence
 * @param tied whether the head's matrix is the embedding
 */
record Shape(int vocabulary, int hidden, int layers, int heads, int keys, int inner, int context, boolean tied) {
    /** This shape with another vocabulary. */
    Shape withVocabulary(int size) {
        return new Shape(size, hidden, layers, heads, keys, inner, context, tied);
    }

    /** Writes a model of this shape with random weights into {@code directory}, which is created, and returns what was written. */
    ModelConfig write(Path directory) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("architectures").add("LlamaForCausalLM");
        json.put("model_type", "llama")
                .put("vocab_size", vocabulary)
                .put("hidden_size", hidden)
                .put("num_hidden_layers", layers)
                .put("num_attention_heads", heads)
                .put("num_key_value_heads", keys)
                .put("head_dim", hidden / heads)
                .put("intermediate_size", inner)
                .put("max_position_embeddings", context)
                .put("rope_theta", 10_000.0)
                .put("rms_norm_eps", 1e-6)
                .put("tie_word_embeddings", tied)
                .put("hidden_act", "silu")
                .put("torch_dtype", "float32")
                .put("eos_token_id", 0)
                .put("pad_token_id", 0)
                .putNull("bos_token_id");
        ModelInitialiser.random(json, new Seed(1), directory);
        return ModelConfig.read(directory);
    }
}
