package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Linear;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.RotaryEmbedding;
import dev.rlhf.learner.block.Sight;
import java.util.List;

/** Phi 3 and 4, with products fused in the checkpoint (arXiv 2404.14219). */
public record Phi3() implements Family {
    @Override
    public String modelType() {
        return "phi3";
    }

    @Override
    public String languageModel() {
        return "Phi3ForCausalLM";
    }

    @Override
    public String scorer() {
        return "Phi3ForSequenceClassification";
    }

    @Override
    public ModelConfig read(ConfigKeys keys) {
        Dimensions sizes = Dimensions.of(keys, new Dimensions.Absent(0, 0, 4096, 1e-5));
        Norm norm = new RmsNorm(sizes.hidden(), sizes.epsilon());
        int all = (sizes.heads() + 2 * sizes.keys()) * sizes.head();
        RotaryEmbedding rotary = keys.rotary().share("partial_rotary_factor", 1).read();
        Sight sight = Sight.turned(rotary, sizes.head()).within(keys.window(0));
        List<Residual> residuals = List.of(
                Residual.of(
                        Placed.at("input_layernorm.", norm),
                        Placed.at("self_attn.", Linear.of(sizes.hidden(), "qkv_proj.weight", all)),
                        Placed.at("self_attn.", sizes.attention(sight)),
                        sizes.output(false)),
                Residual.of(
                        Placed.at("post_attention_layernorm.", norm),
                        Placed.at("mlp.", Linear.of(sizes.hidden(), "gate_up_proj.weight", 2 * sizes.inner())),
                        sizes.gate(keys, "hidden_act", "silu"),
                        sizes.down(false)));
        return sizes.model(this, keys, false, norm, i -> residuals);
    }
}
