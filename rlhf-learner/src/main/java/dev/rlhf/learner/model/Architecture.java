package dev.rlhf.learner.model;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Norm;
import dev.rlhf.learner.block.TokenEmbedding;
import java.util.ArrayList;
import java.util.List;

/**
 * A decoder as the blocks it is made of; what sits on top is the affair of a head.
 *
 * @param embedding token ids to the residual stream
 * @param layers one after the other
 * @param last what the stream goes through before it is read
 */
public record Architecture(Placed<TokenEmbedding> embedding, List<Layer> layers, Placed<? extends Norm> last) {
    /** Copies the layers. */
    public Architecture {
        layers = List.copyOf(layers);
    }

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

    /** A decoder of {@code count} equal layers, at {@code place}.0 and so on. */
    public static Architecture of(
            Placed<TokenEmbedding> embedding,
            String place,
            int count,
            List<Residual> residuals,
            Placed<? extends Norm> last) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            layers.add(new Layer(place + "." + i + ".", residuals));
        }
        return new Architecture(embedding, layers, last);
    }

    /** All blocks in the order of the way there. */
    public List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(embedding.block());
        layers.forEach(layer -> layer.blocks().forEach(one -> blocks.add(one.block())));
        blocks.add(last.block());
        return blocks;
    }

    /** The number in the extra column of a server's stream, which all norms that look at it share; throws BUG when they do not. */
    public double column() {
        List<Double> columns = blocks().stream()
                .filter(Norm.class::isInstance)
                .map(block -> ((Norm) block).column())
                .distinct()
                .toList();
        if (columns.size() != 1) {
            throw RlhfException.bug("norms that want different extra columns: " + columns);
        }
        return columns.get(0);
    }
}
