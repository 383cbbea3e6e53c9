package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Linear;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.Parameter;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.RotaryAttention;
import dev.rlhf.learner.block.SwiGlu;
import dev.rlhf.learner.block.TokenEmbedding;
import java.util.List;

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
    public Architecture architecture(ModelConfig config) {
        return with(new RmsNorm(config.hiddenSize(), config.normEpsilon()), config);
    }

    /** The blocks of a decoder that differs by its norm alone. */
    public static Architecture with(Norm norm, ModelConfig config) {
        return Architecture.of(
                Placed.at(
                        WeightLayout.EMBEDDING_PLACE, new TokenEmbedding(config.vocabularySize(), config.hiddenSize())),
                "model.layers",
                config.layers(),
                List.of(attention(config, norm), feedForward(config, norm)),
                Placed.at("model.norm.", norm));
    }

    private static Residual attention(ModelConfig config, Norm norm) {
        int width = config.hiddenSize();
        int queries = config.attentionHeads() * config.headSize();
        int keys = config.keyValueHeads() * config.headSize();
        List<Parameter.Part> projections = List.of(
                new Parameter.Part("q_proj.weight", queries),
                new Parameter.Part("k_proj.weight", keys),
                new Parameter.Part("v_proj.weight", keys));
        return new Residual(
                Placed.at("input_layernorm.", norm),
                List.of(
                        Placed.at("self_attn.", new Linear(width, projections)),
                        Placed.at(
                                "self_attn.",
                                new RotaryAttention(
                                        config.attentionHeads(), config.keyValueHeads(), config.headSize()))),
                Placed.at("self_attn.", Linear.of(queries, "o_proj.weight", width)));
    }

    private static Residual feedForward(ModelConfig config, Norm norm) {
        int width = config.hiddenSize();
        int inner = config.intermediateSize();
        List<Parameter.Part> gateAndUp =
                List.of(new Parameter.Part("gate_proj.weight", inner), new Parameter.Part("up_proj.weight", inner));
        return new Residual(
                Placed.at("post_attention_layernorm.", norm),
                List.of(Placed.at("mlp.", new Linear(width, gateAndUp)), Placed.at("mlp.", new SwiGlu(inner))),
                Placed.at("mlp.", Linear.of(inner, "down_proj.weight", width)));
    }
}
