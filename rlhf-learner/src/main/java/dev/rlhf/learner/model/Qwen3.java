package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Gain;
import dev.rlhf.learner.block.QueryKeyNorm;

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
        Dimensions sizes = Dimensions.of(keys, new Dimensions.Absent(32, 128, 32_768, 1e-6));
        QueryKeyNorm heads =
                QueryKeyNorm.ofEachHead(sizes.heads(), sizes.keys(), sizes.head(), sizes.epsilon(), Gain.PLAIN);
        boolean bias = keys.flag("attention_bias", false);
        return Qwen2.with(
                (norm, attention) -> Residual.of(
                        Placed.at("input_layernorm.", norm),
                        sizes.projections(bias),
                        Placed.at("self_attn.", heads),
                        Placed.at("self_attn.", attention),
                        sizes.output(bias)),
                sizes,
                this,
                keys);
    }
}
