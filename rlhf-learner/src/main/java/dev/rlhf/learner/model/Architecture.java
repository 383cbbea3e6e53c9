package dev.rlhf.learner.model;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.block.Attention;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.Sight;
import dev.rlhf.learner.block.TokenEmbedding;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A decoder as the blocks it is made of.
 *
 * @param embedding token ids to the residual stream: a {@link TokenEmbedding}, and what follows it
 * @param layers one after the other
 * @param last what the stream goes through before it is read
 * @param head what reads words from it
 */
public record Architecture(
        List<Placed<? extends Block>> embedding, List<Layer> layers, Placed<? extends Norm> last, Words head) {
    /** Copies the lists. */
    public Architecture {
        embedding = List.copyOf(embedding);
        layers = List.copyOf(layers);
    }

    /**
     * The language-model head.
     *
     * @param name of its matrix, where it is not the embedding
     * @param cap logits are bent to stay within ± this; 0 for none
     */
    public record Words(String name, double cap) {}

    /**
     * What follows one another in a layer.
     *
     * @param place what stands before the places of its blocks, e.g. {@code model.layers.3.}
     * @param residuals what is added to the stream
     */
    public record Layer(String place, List<Residual> residuals) {
        /** Copies the list. */
        public Layer {
            residuals = List.copyOf(residuals);
        }

        /** Its blocks in the order of the way there. */
        public List<Placed<? extends Block>> blocks() {
            List<Placed<? extends Block>> blocks = new ArrayList<>();
            residuals.forEach(residual ->
                    residual.blocks().forEach(one -> blocks.add(new Placed<>(place + one.place(), one.block()))));
            return List.copyOf(blocks);
        }
    }

    /** {@code count} layers, at {@code place}.0 and so on; each is asked for by its number. */
    public static List<Layer> layers(String place, int count, IntFunction<List<Residual>> residuals) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Layer(place + "." + i + ".", residuals.apply(i)))
                .toList();
    }

    /** Name of the embedding's matrix. */
    public String embeddingName() {
        return embedding.get(0).place() + "weight";
    }

    /** The tables by which positions turn, each once, in the order of the blocks that want them. */
    public List<Sight.Turns> turns() {
        return blocks().stream()
                .flatMap(block -> block.sight().turns().stream())
                .distinct()
                .toList();
    }

    /** How far blocks see, each distance once. */
    public List<Integer> windows() {
        return attention().stream()
                .map(block -> block.sight().window())
                .distinct()
                .toList();
    }

    /** Key-value heads of every layer. */
    public int keyHeads() {
        return attention().get(0).keys();
    }

    /** Width of every layer's heads. */
    public int headSize() {
        return attention().get(0).head();
    }

    /** The attention blocks, one a layer. */
    public List<Attention> attention() {
        return blocks().stream()
                .filter(Attention.class::isInstance)
                .map(Attention.class::cast)
                .toList();
    }

    /** Positions of tables for a context; frequencies are computed from as many numbers as half a head has. */
    public int tableLength(int context) {
        int half = turns().stream().mapToInt(one -> one.width() / 2).max().orElse(0);
        return Math.max(context, half);
    }

    /** Numbers a row of the widest product in a layer. */
    public long widest() {
        return layers.stream()
                .flatMap(layer -> layer.blocks().stream())
                .flatMap(placed -> placed.block().parameters().stream())
                .mapToLong(parameter -> parameter.shape()[0])
                .max()
                .orElse(0);
    }

    /** All blocks in the order of the way there. */
    public List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        embedding.forEach(one -> blocks.add(one.block()));
        layers.forEach(layer -> layer.blocks().forEach(one -> blocks.add(one.block())));
        blocks.add(last.block());
        return blocks;
    }

    /** The number in the extra column of a server's stream, which all norms that look at it share; throws BUG when they do not. */
    public double column() {
        List<Double> columns = blocks().stream()
                .filter(Norm.class::isInstance)
                .map(block -> ((Norm) block).column())
                .filter(column -> column != 0)
                .distinct()
                .toList();
        if (columns.size() > 1) {
            throw RlhfException.bug("norms that want different extra columns: " + columns);
        }
        return columns.isEmpty() ? 0 : columns.get(0);
    }
}
