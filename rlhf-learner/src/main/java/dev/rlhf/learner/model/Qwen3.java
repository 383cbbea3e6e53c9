package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Gain;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.QueryKeyNorm;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.Sight;
import java.util.List;

/** Qwen 3, with norms of each query and key (arXiv 2505.09388). */
public record Qwen3() implements Family {
    @Override
    public String modelType() {
        return "qwen3";
    }

    @Override
    public String languageModel() {
        return "Qwen3ForCausalLM";
    }

    @Override
    public String scorer() {
        return "Qwen3ForSequenceClassification";
    }

    @Override
    public ModelConfig read(ConfigKeys keys) {
        Dimensions sizes = Dimensions.of(keys);
        Norm norm = new RmsNorm(sizes.hidden(), sizes.epsilon());
        QueryKeyNorm heads =
                QueryKeyNorm.ofEachHead(sizes.heads(), sizes.keys(), sizes.head(), sizes.epsilon(), Gain.PLAIN);
        boolean bias = keys.flag("attention_bias", false);
        Sight sight = Sight.turned(keys.rotary().read(), sizes.head());
        int[] windows = Windows.afterSome(keys, sizes.layers());
        Placed<Block> gate = sizes.gate(keys, "hidden_act", "silu");
        return sizes.model(
                this,
                keys,
                false,
                norm,
                i -> List.of(
                        Residual.of(
                                Placed.at("input_layernorm.", norm),
                                sizes.projections(bias),
                                Placed.at("self_attn.", heads),
                                Placed.at("self_attn.", sizes.attention(sight.within(windows[i]))),
                                sizes.output(bias)),
                        sizes.feedingForward(norm, false, gate)));
    }
}
