package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.Sight;
import java.util.List;

/** Mistral, which sees a window of the past (Jiang et al., arXiv 2310.06825). */
public record Mistral() implements Family {
    @Override
    public String modelType() {
        return "mistral";
    }

    @Override
    public String languageModel() {
        return "MistralForCausalLM";
    }

    @Override
    public String scorer() {
        return "MistralForSequenceClassification";
    }

    @Override
    public ModelConfig read(ConfigKeys keys) {
        Dimensions sizes = Dimensions.of(keys, new Dimensions.Absent(8, 0, 131_072, 1e-6));
        Norm norm = new RmsNorm(sizes.hidden(), sizes.epsilon());
        Sight sight = Sight.turned(keys.rotary().read(), sizes.head()).within(keys.window(4096));
        List<Residual> residuals = List.of(
                sizes.attending(norm, false, false, sizes.attention(sight)),
                sizes.feedingForward(norm, false, sizes.gate(keys, "hidden_act", "silu")));
        return sizes.model(this, keys, false, norm, i -> residuals);
    }
}
