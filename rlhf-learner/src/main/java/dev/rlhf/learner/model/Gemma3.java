package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Gain;
import dev.rlhf.learner.block.QueryKeyNorm;
import dev.rlhf.learner.block.Sight;
import java.util.List;

/** Gemma 3 for text: five layers that see a window, then one that sees all, with frequencies of their own (arXiv 2503.19786). */
public record Gemma3() implements Family {
    @Override
    public String modelType() {
        return "gemma3_text";
    }

    @Override
    public String languageModel() {
        return "Gemma3ForCausalLM";
    }

    @Override
    public String scorer() {
        return "Gemma3TextForSequenceClassification";
    }

    @Override
    public ModelConfig read(ConfigKeys keys) {
        Dimensions sizes = Dimensions.of(keys, new Dimensions.Absent(4, 256, 131_072, 1e-6));
        int[] windows = Windows.alternating(keys, sizes.layers(), keys.size("sliding_window_pattern", 6));
        Sight all =
                Sight.turned(keys.rotary().theta("rope_theta", 1_000_000).read("full_attention", true), sizes.head());
        Sight near = Sight.turned(
                keys.rotary().theta("rope_local_base_freq", 10_000).read("sliding_attention", false), sizes.head());
        double scale = 1 / Math.sqrt(keys.positive("query_pre_attn_scalar", 256));
        QueryKeyNorm heads =
                QueryKeyNorm.ofEachHead(sizes.heads(), sizes.keys(), sizes.head(), sizes.epsilon(), Gain.PLUS_ONE);
        return Gemma.model(this, keys, sizes, keys.cap("final_logit_softcapping", 0), i -> {
            Sight sight = (windows[i] == 0 ? all : near).within(windows[i]);
            return List.of(Placed.at("self_attn.", heads), Placed.at("self_attn.", sizes.attention(sight, scale, 0)));
        });
    }
}
