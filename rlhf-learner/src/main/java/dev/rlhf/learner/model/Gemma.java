package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Gain;
import dev.rlhf.learner.block.InnerRmsNorm;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.RmsNorm;
import dev.rlhf.learner.block.Scale;
import dev.rlhf.learner.block.TokenEmbedding;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** What the Gemmas have in common: a scaled embedding, gains that are one more than they say, norms before and after each branch. */
final class Gemma {
    private Gemma() {}

    /**
     * A decoder.
     *
     * @param cap of the logits; 0 for none
     * @param attending what stands between the products of a layer's attention
     */
    static ModelConfig model(
            Family family,
            ConfigKeys keys,
            Dimensions sizes,
            double cap,
            IntFunction<List<Placed<? extends Block>>> attending) {
        int hidden = sizes.hidden();
        Norm norm = new RmsNorm(hidden, sizes.epsilon(), Gain.PLUS_ONE);
        InnerRmsNorm after = new InnerRmsNorm(hidden, sizes.epsilon(), Gain.PLUS_ONE);
        boolean bias = keys.flag("attention_bias", false);
        // An older name that transformers does not look at.
        keys.honour("hidden_act");
        Placed<Block> gate = sizes.gate(keys, "hidden_activation", "gelu_pytorch_tanh");
        Architecture architecture = new Architecture(
                List.of(
                        Placed.at("model.embed_tokens.", new TokenEmbedding(sizes.vocabulary(), hidden)),
                        Placed.at("model.embed_tokens.", new Scale((float) Math.sqrt(hidden)))),
                sizes.stack(i -> {
                    List<Placed<? extends Block>> first = new ArrayList<>();
                    first.add(Placed.at("input_layernorm.", norm));
                    first.add(sizes.projections(bias));
                    first.addAll(attending.apply(i));
                    first.add(sizes.output(bias));
                    first.add(Placed.at("post_attention_layernorm.", after));
                    return List.of(
                            new Residual(List.of(first)),
                            Residual.of(
                                    Placed.at("pre_feedforward_layernorm.", norm),
                                    sizes.gateAndUp(false),
                                    gate,
                                    sizes.down(false),
                                    Placed.at("post_feedforward_layernorm.", after)));
                }),
                Dimensions.at(norm),
                Dimensions.words(cap));
        return sizes.model(family, keys, true, architecture);
    }
}
