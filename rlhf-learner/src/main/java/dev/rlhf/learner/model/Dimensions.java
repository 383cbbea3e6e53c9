package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Activation;
import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.block.AttentionKernel;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.GatedLinearUnit;
import dev.rlhf.learner.block.Linear;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.Parameter.Part;
import dev.rlhf.learner.block.Sight;
import dev.rlhf.learner.block.TokenEmbedding;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The sizes that families of Llama's kind have in common, and the pieces that are made of them.
 *
 * @param vocabulary number of token ids
 * @param hidden width of the residual stream
 * @param layers decoder layers
 * @param inner inner width of the feed-forward block
 * @param heads query heads
 * @param keys key-value heads
 * @param head width of a head
 * @param context most positions of a sequence
 * @param epsilon added to the mean square in norms
 */
record Dimensions(
        int vocabulary, int hidden, int layers, int inner, int heads, int keys, int head, int context, double epsilon) {
    /**
     * What transformers takes for a key that is not there.
     *
     * @param keys key-value heads; 0 for as many as query heads
     * @param head width of a head; 0 for the hidden size cut evenly
     * @param context most positions
     * @param epsilon added to the mean square in norms
     */
    record Absent(int keys, int head, int context, double epsilon) {}

    static Dimensions of(ConfigKeys config, Absent absent) {
        int hidden = config.size("hidden_size");
        int heads = config.size("num_attention_heads");
        return new Dimensions(
                config.size("vocab_size"),
                hidden,
                config.layers("num_hidden_layers"),
                config.size("intermediate_size"),
                heads,
                config.keyValueHeads(heads, absent.keys()),
                config.headSize(hidden, heads, absent.head()),
                config.size("max_position_embeddings", absent.context()),
                config.epsilon("rms_norm_eps", absent.epsilon()));
    }

    /** Scores divided by √head, none of them bent. */
    Attention attention(Sight sight) {
        return Attention.of(heads, keys, head, sight);
    }

    /** Scores times a number of the family's own, bent to stay within ± {@code cap}; 0 for none. */
    Attention attention(Sight sight, double scale, double cap) {
        AttentionKernel kernel = cap == 0 ? AttentionKernel.FLASH : AttentionKernel.PRODUCTS;
        return new Attention(heads, keys, head, scale, cap, sight, kernel);
    }

    /** Queries, keys and values of all heads in one product. */
    Placed<Linear> projections(boolean bias) {
        Linear product = new Linear(
                hidden,
                List.of(
                        new Part("q_proj.weight", heads * head),
                        new Part("k_proj.weight", keys * head),
                        new Part("v_proj.weight", keys * head)));
        return Placed.at("self_attn.", bias ? product.withBias() : product);
    }

    /** What brings the heads together. */
    Placed<Linear> output(boolean bias) {
        Linear product = Linear.of(heads * head, "o_proj.weight", hidden);
        return Placed.at("self_attn.", bias ? product.withBias() : product);
    }

    /** Gate and up in one product. */
    Placed<Linear> gateAndUp(boolean bias) {
        Linear product =
                new Linear(hidden, List.of(new Part("gate_proj.weight", inner), new Part("up_proj.weight", inner)));
        return Placed.at("mlp.", bias ? product.withBias() : product);
    }

    /** From the inner width back to the stream's. */
    Placed<Linear> down(boolean bias) {
        Linear product = Linear.of(inner, "down_proj.weight", hidden);
        return Placed.at("mlp.", bias ? product.withBias() : product);
    }

    /** The gate that a key names. */
    Placed<Block> gate(ConfigKeys config, String key, String fallback) {
        String name = config.text(key, fallback);
        Activation activation = Activation.named(name)
                .orElseThrow(() -> config.mistake(
                        key + " is " + name + ", which is not supported; silu, gelu and gelu_pytorch_tanh are"));
        return Placed.at("mlp.", new GatedLinearUnit(inner, activation));
    }

    /** Norm, products and attention, added to the stream. */
    Residual attending(Norm norm, boolean bias, boolean outputBias, Attention attention) {
        return Residual.of(
                Placed.at("input_layernorm.", norm),
                projections(bias),
                Placed.at("self_attn.", attention),
                output(outputBias));
    }

    /** Norm, gated products, added to the stream. */
    Residual feedingForward(Norm norm, boolean bias, Placed<Block> gate) {
        return Residual.of(Placed.at("post_attention_layernorm.", norm), gateAndUp(bias), gate, down(bias));
    }

    /** The decoder with Hugging Face's usual names. */
    ModelConfig model(Family family, ConfigKeys config, boolean tied, Norm last, IntFunction<List<Residual>> layer) {
        return model(family, config, tied, new Architecture(embedding(), stack(layer), at(last), words(0)));
    }

    /** The decoder of an architecture. */
    ModelConfig model(Family family, ConfigKeys config, boolean tied, Architecture architecture) {
        int positions = context;
        for (Sight.Turns turns : architecture.turns()) {
            positions = turns.rotary().context(positions);
        }
        return new ModelConfig(
                family,
                vocabulary,
                hidden,
                positions,
                config.flag("tie_word_embeddings", tied),
                config.endTokens(),
                architecture);
    }

    List<Placed<? extends Block>> embedding() {
        return List.of(Placed.at("model.embed_tokens.", new TokenEmbedding(vocabulary, hidden)));
    }

    List<Architecture.Layer> stack(IntFunction<List<Residual>> layer) {
        return Architecture.layers("model.layers", layers, layer);
    }

    static Placed<Norm> at(Norm last) {
        return Placed.at("model.norm.", last);
    }

    static Architecture.Words words(double cap) {
        return new Architecture.Words("lm_head.weight", cap);
    }
}
