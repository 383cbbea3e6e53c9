package dev.rlhf.learner.model;

import dev.rlhf.core.update.Head;
import java.util.ArrayList;
import java.util.List;

/**
 * Where each weight lies: one flat run of numbers per layer, cut into leaves.
 *
 * <p>The flat layers, in order, are the embedding, one per decoder layer, and the output (final norm and head). A
 * <em>weight</em> is a tensor by its Hugging Face name; a <em>leaf</em> is what the decoder multiplies with: one weight,
 * or several neighbours fused into one matrix (query, key and value; gate and up), which costs nothing because they are
 * neighbours in the flat layer.
 *
 * <p>Leaves, in the order of {@link Parameters#leaves()}: embedding; per layer {@value #LEAVES_PER_LAYER}: input norm,
 * query-key-value, attention output, feed-forward norm, gate-up, down; then final norm; then the head's matrix, absent when
 * a language-model head is tied to the embedding.
 *
 * @param layers flat layers in order
 * @param tied whether embedding and language-model head are one matrix
 */
public record WeightLayout(List<FlatLayer> layers, boolean tied) {
    /** Name of the embedding. */
    public static final String EMBEDDING = "model.embed_tokens.weight";

    /** Leaves of one decoder layer. */
    public static final int LEAVES_PER_LAYER = 6;

    /** Name of the one-output head of value and reward models. */
    public static final String SCORE = "score.weight";

    /** Name of the untied language-model head. */
    public static final String LANGUAGE_MODEL_HEAD = "lm_head.weight";

    /**
     * A tensor by its Hugging Face name.
     *
     * @param shape sizes of its axes
     * @param offset first number in its flat layer
     */
    public record Weight(String name, long[] shape, long offset) {
        /** Number of numbers. */
        public long size() {
            return elements(shape);
        }
    }

    /**
     * A matrix or vector the decoder uses whole.
     *
     * @param shape sizes of its axes
     * @param offset first number in its flat layer
     */
    public record Leaf(long[] shape, long offset) {
        /** Number of numbers. */
        public long size() {
            return elements(shape);
        }
    }

    /** One flat run of numbers with what lies in it. */
    public record FlatLayer(String name, List<Weight> weights, List<Leaf> leaves) {
        /** Number of numbers. */
        public long size() {
            return weights.stream().mapToLong(Weight::size).sum();
        }
    }

    /** The layout of a decoder with a head. */
    public static WeightLayout of(ModelConfig config, Head head) {
        long hidden = config.hiddenSize();
        List<FlatLayer> layers = new ArrayList<>();
        layers.add(new Builder()
                .leaf(config.vocabularySize(), hidden)
                .weight(EMBEDDING, config.vocabularySize(), hidden)
                .build("embedding"));
        for (int i = 0; i < config.layers(); i++) {
            layers.add(decoderLayer(config, "model.layers." + i + "."));
        }
        Builder output = new Builder().leaf(hidden).weight("model.norm.weight", hidden);
        if (head != Head.LANGUAGE_MODEL) {
            output.leaf(1, hidden).weight(SCORE, 1, hidden);
        } else if (!config.tieEmbeddings()) {
            output.leaf(config.vocabularySize(), hidden).weight(LANGUAGE_MODEL_HEAD, config.vocabularySize(), hidden);
        }
        layers.add(output.build("output"));
        return new WeightLayout(List.copyOf(layers), config.tieEmbeddings());
    }

    private static FlatLayer decoderLayer(ModelConfig config, String prefix) {
        long hidden = config.hiddenSize();
        long queries = (long) config.attentionHeads() * config.headSize();
        long keys = (long) config.keyValueHeads() * config.headSize();
        long inner = config.intermediateSize();
        return new Builder()
                .leaf(hidden)
                .weight(prefix + "input_layernorm.weight", hidden)
                .leaf(queries + 2 * keys, hidden)
                .weight(prefix + "self_attn.q_proj.weight", queries, hidden)
                .weight(prefix + "self_attn.k_proj.weight", keys, hidden)
                .weight(prefix + "self_attn.v_proj.weight", keys, hidden)
                .leaf(hidden, queries)
                .weight(prefix + "self_attn.o_proj.weight", hidden, queries)
                .leaf(hidden)
                .weight(prefix + "post_attention_layernorm.weight", hidden)
                .leaf(2 * inner, hidden)
                .weight(prefix + "mlp.gate_proj.weight", inner, hidden)
                .weight(prefix + "mlp.up_proj.weight", inner, hidden)
                .leaf(hidden, inner)
                .weight(prefix + "mlp.down_proj.weight", hidden, inner)
                .build(prefix.substring(0, prefix.length() - 1));
    }

    /** Number of numbers. */
    public long size() {
        return layers.stream().mapToLong(FlatLayer::size).sum();
    }

    /** All weights in order. */
    public List<Weight> weights() {
        return layers.stream().flatMap(layer -> layer.weights().stream()).toList();
    }

    private static long elements(long[] shape) {
        long product = 1;
        for (long size : shape) {
            product *= size;
        }
        return product;
    }

    /** Lays weights one after another; a leaf starts where the next weight does. */
    private static final class Builder {
        private final List<Weight> weights = new ArrayList<>();
        private final List<Leaf> leaves = new ArrayList<>();
        private long offset;

        Builder leaf(long... shape) {
            leaves.add(new Leaf(shape, offset));
            return this;
        }

        Builder weight(String name, long... shape) {
            weights.add(new Weight(name, shape, offset));
            offset += elements(shape);
            return this;
        }

        FlatLayer build(String name) {
            return new FlatLayer(name, List.copyOf(weights), List.copyOf(leaves));
        }
    }
}
