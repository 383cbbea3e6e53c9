package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.Sight;
import java.util.List;

/** Qwen 2 and 2.5, with biases at queries, keys and values (arXiv 2407.10671). */
public record Qwen2() implements Family {
    @Override
    public String modelType() {
        return "qwen2";
    }

    @Override
    public String languageModel() {
        return "Qwen2ForCausalLM";
    }

    @Override
    public String scorer() {
        return "Qwen2ForSequenceClassification";
    }

    @Override
    public ModelConfig read(ConfigKeys keys) {
        Dimensions sizes = Dimensions.of(keys);
        Norm norm = new RmsNorm(sizes.hidden(), sizes.epsilon());
        Sight sight = Sight.turned(keys.rotary().read(), sizes.head());
        int[] windows = Windows.afterSome(keys, sizes.layers());
        Placed<Block> gate = sizes.gate(keys, "hidden_act", "silu");
        return sizes.model(
                this,
                keys,
                false,
                norm,
                i -> List.of(
                        sizes.attending(norm, true, false, sizes.attention(sight.within(windows[i]))),
                        sizes.feedingForward(norm, false, gate)));
    }
}
