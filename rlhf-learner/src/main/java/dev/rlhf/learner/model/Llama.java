package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.Sight;
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
    public ModelConfig read(ConfigKeys keys) {
        return with(new RmsNorm(keys.size("hidden_size"), keys.epsilon("rms_norm_eps", 1e-6)), this, keys);
    }

    /** A decoder that differs by its norm alone. */
    public static ModelConfig with(Norm norm, Family family, ConfigKeys keys) {
        Dimensions sizes = Dimensions.of(keys, new Dimensions.Absent(0, 0, 2048, 1e-6));
        boolean attentionBias = keys.flag("attention_bias", false);
        boolean bias = keys.flag("mlp_bias", false);
        Sight sight = Sight.turned(keys.rotary().read(), sizes.head());
        List<Residual> residuals = List.of(
                sizes.attending(norm, attentionBias, attentionBias, sizes.attention(sight)),
                sizes.feedingForward(norm, bias, sizes.gate(keys, "hidden_act", "silu")));
        return sizes.model(family, keys, false, norm, i -> residuals);
    }
}
