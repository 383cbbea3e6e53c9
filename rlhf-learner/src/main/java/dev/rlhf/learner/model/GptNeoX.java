package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.block.HeadsApart;
import dev.rlhf.learner.block.LayerNorm;
import dev.rlhf.learner.block.Linear;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.block.Sight;
import dev.rlhf.learner.block.TokenEmbedding;
import java.util.List;

/** GPT-NeoX and Pythia, whose two branches see the same stream (Black et al., arXiv 2204.06745). */
public record GptNeoX() implements Family {
    @Override
    public String modelType() {
        return "gpt_neox";
    }

    @Override
    public String languageModel() {
        return "GPTNeoXForCausalLM";
    }

    @Override
    public String scorer() {
        return "GPTNeoXForSequenceClassification";
    }

    @Override
    public ModelConfig read(ConfigKeys keys) {
        int vocabulary = keys.size("vocab_size");
        int hidden = keys.size("hidden_size");
        int heads = keys.size("num_attention_heads");
        int head = keys.headSize(hidden, heads, 0);
        boolean bias = keys.flag("attention_bias", true);
        Norm norm = new LayerNorm(hidden, keys.epsilon("layer_norm_eps", 1e-5));
        // Dropout is switched off wherever rewards are learnt from; that of classifiers is for other heads.
        keys.honour("hidden_dropout", "attention_dropout", "classifier_dropout");
        RotaryEmbedding rotary = keys.rotary()
                .theta("rotary_emb_base", 10_000)
                .share("rotary_pct", 0.25)
                .read();
        Residual attending = Residual.of(
                Placed.at("input_layernorm.", norm),
                Placed.at("attention.", linear(hidden, "query_key_value", 3 * hidden, bias)),
                Placed.at("attention.", new HeadsApart(heads, head)),
                Placed.at("attention.", Attention.of(heads, heads, head, Sight.turned(rotary, head))),
                Placed.at("attention.", linear(hidden, "dense", hidden, bias)));
        Residual feeding = feeding(keys, norm, hidden);
        List<Residual> residuals = keys.flag("use_parallel_residual", true)
                ? List.of(attending.beside(feeding))
                : List.of(attending, feeding);
        Architecture architecture = new Architecture(
                List.of(Placed.at("gpt_neox.embed_in.", new TokenEmbedding(vocabulary, hidden))),
                Architecture.layers("gpt_neox.layers", keys.layers("num_hidden_layers"), i -> residuals),
                Placed.at("gpt_neox.final_layer_norm.", norm),
                new Architecture.Words("embed_out.weight", 0));
        int context = rotary.context(keys.size("max_position_embeddings", 2048));
        boolean tied = keys.flag("tie_word_embeddings", false);
        return new ModelConfig(this, vocabulary, hidden, context, tied, keys.endTokens(), architecture);
    }

    private static Residual feeding(ConfigKeys keys, Norm norm, int hidden) {
        int inner = keys.size("intermediate_size");
        return Residual.of(
                Placed.at("post_attention_layernorm.", norm),
                Placed.at("mlp.", linear(hidden, "dense_h_to_4h", inner, true)),
                Placed.at("mlp.", keys.gelu("hidden_act", "gelu")),
                Placed.at("mlp.", linear(inner, "dense_4h_to_h", hidden, true)));
    }

    private static Linear linear(int inputs, String name, int outputs, boolean bias) {
        Linear product = Linear.of(inputs, name + ".weight", outputs);
        return bias ? product.withBias() : product;
    }
}
