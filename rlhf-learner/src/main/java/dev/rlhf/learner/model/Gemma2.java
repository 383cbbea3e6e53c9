package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Sight;
import java.util.List;

/** Gemma 2: every other layer sees a window, scores and logits are capped (arXiv 2408.00118). */
public record Gemma2() implements Family {
    @Override
    public String modelType() {
        return "gemma2";
    }

    @Override
    public String languageModel() {
        return "Gemma2ForCausalLM";
    }

    @Override
    public String scorer() {
        return "Gemma2ForSequenceClassification";
    }

    @Override
    public ModelConfig read(ConfigKeys keys) {
        Dimensions sizes = Dimensions.of(keys, new Dimensions.Absent(4, 256, 8192, 1e-6));
        int[] windows = Windows.alternating(keys, sizes.layers(), 2);
        Sight sight = Sight.turned(keys.rotary().read(), sizes.head());
        double scale = 1 / Math.sqrt(keys.positive("query_pre_attn_scalar", 256));
        double cap = keys.cap("attn_logit_softcapping", 50);
        double wordCap = keys.cap("final_logit_softcapping", 30);
        return Gemma.model(
                this,
                keys,
                sizes,
                wordCap,
                i -> List.of(Placed.at("self_attn.", sizes.attention(sight.within(windows[i]), scale, cap))));
    }
}
