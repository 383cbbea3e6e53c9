package dev.rlhf.learner.model;

import dev.rlhf.core.update.Head;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Parameter;
import dev.rlhf.learner.block.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * Where each weight lies: one flat run of numbers per layer, cut into leaves.
 *
 * <p>The flat layers, in order, are the embedding, one per decoder layer, and the output (final norm and head). A
 * <em>weight</em> is a tensor by its Hugging Face name; a <em>leaf</em> is what a block multiplies with: one weight,
 * or several neighbours fused into one matrix (query, key and value; gate and up), which costs nothing because they are
 * neighbours in the flat layer.
 *
 * <p>Leaves come in the order of the architecture's blocks; the head's matrix is the last, absent when a language-model head is tied to
 * the embedding.
 *
 * @param layers flat layers in order
 * @param tied whether embedding and language-model head are one matrix
 * @param head index of the leaf that the head reads through
 * @param words name that an untied language-model head has in a checkpoint
 */
public record WeightLayout(List<FlatLayer> layers, boolean tied, int head, String words) {
    /** Name of the one-output head of value and reward models. */
    public static final String SCORE = "score.weight";

    /**
     * A tensor by its Hugging Face name.
     *
     * @param role what it is for
     * @param shape sizes of its axes
     * @param offset first number in its flat layer
     */
    public record Weight(String name, Role role, long[] shape, long offset) {
        /** Number of numbers. */
        public long size() {
            return Parameter.elements(shape);
        }
    }

    /**
     * A matrix or vector a block uses whole.
     *
     * @param role what it is for
     * @param shape sizes of its axes
     * @param offset first number in its flat layer
     */
    public record Leaf(Role role, long[] shape, long offset) {
        /** Number of numbers. */
        public long size() {
            return Parameter.elements(shape);
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
        Architecture architecture = config.architecture();
        List<FlatLayer> layers = new ArrayList<>();
        Builder embedding = new Builder();
        architecture.embedding().forEach(embedding::block);
        layers.add(embedding.build("embedding"));
        for (Architecture.Layer layer : architecture.layers()) {
            Builder builder = new Builder();
            layer.blocks().forEach(builder::block);
            layers.add(builder.build(layer.place().substring(0, layer.place().length() - 1)));
        }
        Builder output = new Builder().block(architecture.last());
        boolean ofItsOwn = head != Head.LANGUAGE_MODEL || !config.tieEmbeddings();
        if (ofItsOwn) {
            boolean words = head == Head.LANGUAGE_MODEL;
            output.matrix(
                    words ? architecture.head().name() : SCORE,
                    words ? Role.MATRIX : Role.SCORE,
                    words ? config.vocabularySize() : 1,
                    config.hiddenSize());
        }
        layers.add(output.build("output"));
        int leaves = layers.stream().mapToInt(layer -> layer.leaves().size()).sum();
        String name = architecture.head().name();
        return new WeightLayout(List.copyOf(layers), config.tieEmbeddings(), ofItsOwn ? leaves - 1 : 0, name);
    }

    /** Name of the embedding. */
    public String embedding() {
        return layers.get(0).weights().get(0).name();
    }

    /** Number of numbers. */
    public long size() {
        return layers.stream().mapToLong(FlatLayer::size).sum();
    }

    /** All weights in order. */
    public List<Weight> weights() {
        return layers.stream().flatMap(layer -> layer.weights().stream()).toList();
    }

    /** All leaves in order. */
    public List<Leaf> leaves() {
        return layers.stream().flatMap(layer -> layer.leaves().stream()).toList();
    }

    /** Lays weights one after another; a leaf starts where its first weight does. */
    private static final class Builder {
        private final List<Weight> weights = new ArrayList<>();
        private final List<Leaf> leaves = new ArrayList<>();
        private long offset;

        Builder block(Placed<? extends Block> placed) {
            for (Parameter parameter : placed.block().parameters()) {
                leaves.add(new Leaf(parameter.role(), parameter.shape(), offset));
                parameter
                        .parts()
                        .forEach(part -> weight(placed.place() + part.name(), parameter.role(), parameter.shape(part)));
            }
            return this;
        }

        void matrix(String name, Role role, long... shape) {
            leaves.add(new Leaf(role, shape, offset));
            weight(name, role, shape);
        }

        private void weight(String name, Role role, long[] shape) {
            Weight weight = new Weight(name, role, shape, offset);
            weights.add(weight);
            offset += weight.size();
        }

        FlatLayer build(String name) {
            return new FlatLayer(name, List.copyOf(weights), List.copyOf(leaves));
        }
    }
}
