package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.Sight;
import java.util.List;

/** SmolLM 3, some of whose layers know no positions. */
public record SmolLm3() implements Family {
    @Override
    public String modelType() {
        return "smollm3";
    }

    @Override
    public String languageModel() {
        return "SmolLM3ForCausalLM";
    }

    @Override
    public String scorer() {
        return "SmolLM3ForSequenceClassification";
    }

    @Override
    public ModelConfig read(ConfigKeys keys) {
        Dimensions sizes = Dimensions.of(keys, new Dimensions.Absent(4, 0, 32_768, 1e-6));
        Norm norm = new RmsNorm(sizes.hidden(), sizes.epsilon());
        boolean attentionBias = keys.flag("attention_bias", false);
        boolean bias = keys.flag("mlp_bias", false);
        Sight sight = Sight.turned(keys.rotary().theta("rope_theta", 2_000_000).read(), sizes.head());
        int[] windows = Windows.listed(keys, sizes.layers());
        List<String> turning = keys.list("no_rope_layers");
        if (!turning.isEmpty() && turning.size() != sizes.layers()) {
            throw keys.mistake(
                    "no_rope_layers names " + turning.size() + " layers, num_hidden_layers is " + sizes.layers());
        }
        if (!turning.stream().allMatch(one -> one.matches("\\d+"))) {
            throw keys.mistake("no_rope_layers must have a 0 or a 1 for each layer, not " + turning);
        }
        int every = keys.size("no_rope_layer_interval", 4);
        Placed<Block> gate = sizes.gate(keys, "hidden_act", "silu");
        return sizes.model(this, keys, true, norm, i -> {
            boolean turns =
                    turning.isEmpty() ? (i + 1) % every != 0 : !turning.get(i).equals("0");
            Sight own = (turns ? sight : Sight.NONE).within(windows[i]);
            return List.of(
                    sizes.attending(norm, attentionBias, attentionBias, sizes.attention(own)),
                    sizes.feedingForward(norm, bias, gate));
        });
    }
}
