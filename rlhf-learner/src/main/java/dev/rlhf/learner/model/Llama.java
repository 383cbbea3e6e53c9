package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.block.Linear;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.Parameter;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.Sight;
import dev.rlhf.learner.block.SwiGlu;
import dev.rlhf.learner.block.TokenEmbedding;
import java.util.List;
import java.util.Optional;

/** Llama (Touvron et al., arXiv 2302.13971). */
public record Llama() implements Family {
    @Override
    public String modelType() {
        return "llama";
    }

    @Override
    public String languageModel() {
        return "LlamaForCausalLM";
    }

    @Override
    public String scorer() {
        return "LlamaForSequenceClassification";
    }

    @Override
    public ModelConfig read(ConfigKeys keys) {
        return with(new RmsNorm(keys.size("hidden_size"), keys.number("rms_norm_eps", 1e-6)), this, keys);
    }

    /** A decoder that differs by its norm alone. */
    public static ModelConfig with(Norm norm, Family family, ConfigKeys keys) {
        int vocabulary = keys.size("vocab_size");
        int hidden = keys.size("hidden_size");
        int inner = keys.size("intermediate_size");
        int heads = keys.size("num_attention_heads");
        int head = keys.headSize(hidden, heads);
        Sight sight = new Sight(Optional.of(keys.rotary().whole(head)), 0);
        Attention attention = Attention.of(heads, keys.keyValueHeads(heads), head, sight);
        List<Residual> residuals = List.of(attention(hidden, attention, norm), feedForward(hidden, inner, norm));
        Architecture architecture = new Architecture(
                List.of(Placed.at("model.embed_tokens.", new TokenEmbedding(vocabulary, hidden))),
                Architecture.layers("model.layers", keys.size("num_hidden_layers"), i -> residuals),
                Placed.at("model.norm.", norm),
                new Architecture.Words("lm_head.weight", 0));
        return new ModelConfig(
                family,
                vocabulary,
                hidden,
                keys.size("max_position_embeddings"),
                keys.flag("tie_word_embeddings", false),
                keys.endTokens(),
                architecture);
    }

    private static Residual attention(int hidden, Attention attention, Norm norm) {
        int queries = attention.queries() * attention.head();
        int keys = attention.keys() * attention.head();
        List<Parameter.Part> projections = List.of(
                new Parameter.Part("q_proj.weight", queries),
                new Parameter.Part("k_proj.weight", keys),
                new Parameter.Part("v_proj.weight", keys));
        return Residual.of(
                Placed.at("input_layernorm.", norm),
                Placed.at("self_attn.", new Linear(hidden, projections)),
                Placed.at("self_attn.", attention),
                Placed.at("self_attn.", Linear.of(queries, "o_proj.weight", hidden)));
    }

    private static Residual feedForward(int hidden, int inner, Norm norm) {
        List<Parameter.Part> gateAndUp =
                List.of(new Parameter.Part("gate_proj.weight", inner), new Parameter.Part("up_proj.weight", inner));
        return Residual.of(
                Placed.at("post_attention_layernorm.", norm),
                Placed.at("mlp.", new Linear(hidden, gateAndUp)),
                Placed.at("mlp.", new SwiGlu(inner)),
                Placed.at("mlp.", Linear.of(inner, "down_proj.weight", hidden)));
    }
}
