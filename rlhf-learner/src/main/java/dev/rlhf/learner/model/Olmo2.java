package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Gain;
import dev.rlhf.learner.block.InnerRmsNorm;
import dev.rlhf.learner.block.QueryKeyNorm;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.Sight;
import java.util.List;

/** OLMo 2, whose norms stand after what they are of (arXiv 2501.00656). */
public record Olmo2() implements Family {
    @Override
    public String modelType() {
        return "olmo2";
    }

    @Override
    public String languageModel() {
        return "Olmo2ForCausalLM";
    }

    @Override
    public String scorer() {
        return "Olmo2ForSequenceClassification";
    }

    @Override
    public ModelConfig read(ConfigKeys keys) {
        Dimensions sizes = Dimensions.of(keys, new Dimensions.Absent(0, 0, 2048, 1e-5));
        double epsilon = sizes.epsilon();
        InnerRmsNorm after = new InnerRmsNorm(sizes.hidden(), epsilon, Gain.PLAIN);
        boolean bias = keys.flag("attention_bias", false);
        Sight sight = Sight.turned(keys.rotary().read(), sizes.head());
        List<Residual> residuals = List.of(
                Residual.of(
                        sizes.projections(bias),
                        Placed.at(
                                "self_attn.",
                                QueryKeyNorm.ofAllHeads(
                                        sizes.heads(), sizes.keys(), sizes.head(), epsilon, Gain.PLAIN)),
                        Placed.at("self_attn.", sizes.attention(sight)),
                        sizes.output(bias),
                        Placed.at("post_attention_layernorm.", after)),
                Residual.of(
                        sizes.gateAndUp(false),
                        sizes.gate(keys, "hidden_act", "silu"),
                        sizes.down(false),
                        Placed.at("post_feedforward_layernorm.", after)));
        return sizes.model(this, keys, false, new RmsNorm(sizes.hidden(), epsilon), i -> residuals);
    }
}
