package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.Sight;
import java.util.List;
import java.util.function.BiFunction;

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
        Dimensions sizes = Dimensions.of(keys, new Dimensions.Absent(32, 0, 32_768, 1e-6));
        return with((norm, attention) -> sizes.attending(norm, true, false, attention), sizes, this, keys);
    }

    /** A decoder some of whose layers see a window, and which differs by what it attends with alone. */
    static ModelConfig with(
            BiFunction<Norm, Attention, Residual> attending, Dimensions sizes, Family family, ConfigKeys keys) {
        Norm norm = new RmsNorm(sizes.hidden(), sizes.epsilon());
        Sight sight = Sight.turned(keys.rotary().read(), sizes.head());
        int[] windows = Windows.afterSome(keys, sizes.layers());
        Residual feeding = sizes.feedingForward(norm, false, sizes.gate(keys, "hidden_act", "silu"));
        return sizes.model(
                family,
                keys,
                false,
                norm,
                i -> List.of(attending.apply(norm, sizes.attention(sight.within(windows[i]))), feeding));
    }
}
