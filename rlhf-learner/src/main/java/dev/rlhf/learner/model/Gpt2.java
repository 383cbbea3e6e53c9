package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.block.LayerNorm;
import dev.rlhf.learner.block.LearnedPositions;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.Sight;
import dev.rlhf.learner.block.TokenEmbedding;
import dev.rlhf.learner.block.TransposedLinear;
import java.util.List;

/** GPT-2, with learned positions and matrices that lie the other way (Radford et al. 2019). */
public record Gpt2() implements Family {
    @Override
    public String modelType() {
        return "gpt2";
    }

    @Override
    public String languageModel() {
        return "GPT2LMHeadModel";
    }

    @Override
    public String scorer() {
        return "GPT2ForSequenceClassification";
    }

    @Override
    public ModelConfig read(ConfigKeys keys) {
        int vocabulary = keys.size("vocab_size");
        int hidden = keys.size("n_embd");
        int heads = keys.size("n_head");
        int inner = keys.isSet("n_inner") ? keys.size("n_inner") : 4 * hidden;
        int context = keys.size("n_positions", 1024);
        Norm norm = new LayerNorm(hidden, keys.epsilon("layer_norm_epsilon", 1e-5));
        // Dropout is switched off wherever rewards are learnt from.
        keys.honour("attn_pdrop", "resid_pdrop", "embd_pdrop");
        if (hidden % heads != 0) {
            throw keys.mistake("n_embd " + hidden + " is no multiple of n_head " + heads);
        }
        List<Residual> residuals = List.of(
                Residual.of(
                        Placed.at("ln_1.", norm),
                        Placed.at("attn.", new TransposedLinear(hidden, 3 * hidden, "c_attn")),
                        Placed.at("attn.", Attention.of(heads, heads, hidden / heads, Sight.NONE)),
                        Placed.at("attn.", new TransposedLinear(hidden, hidden, "c_proj"))),
                Residual.of(
                        Placed.at("ln_2.", norm),
                        Placed.at("mlp.", new TransposedLinear(hidden, inner, "c_fc")),
                        Placed.at("mlp.", keys.gelu("activation_function", "gelu_new")),
                        Placed.at("mlp.", new TransposedLinear(inner, hidden, "c_proj"))));
        Architecture architecture = new Architecture(
                List.of(
                        Placed.at("transformer.wte.", new TokenEmbedding(vocabulary, hidden)),
                        Placed.at("transformer.wpe.", new LearnedPositions(context, hidden))),
                Architecture.layers("transformer.h", keys.layers("n_layer"), i -> residuals),
                Placed.at("transformer.ln_f.", norm),
                new Architecture.Words("lm_head.weight", 0));
        boolean tied = keys.flag("tie_word_embeddings", true);
        return new ModelConfig(this, vocabulary, hidden, context, tied, keys.endTokens(), architecture);
    }
}
