package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Block;
import dev.rlhf.learner.block.Linear;
import dev.rlhf.learner.block.Norm;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is added to the residual stream: {@code x ← x + output(inner(norm(x)))}.
 *
 * @param norm first
 * @param inner one after the other
 * @param output last; a product, which leaves the derivative that it is given as it is
 */
public record Residual(Placed<? extends Norm> norm, List<Placed<? extends Block>> inner, Placed<Linear> output) {
    /** Copies the list. */
    public Residual {
        inner = List.copyOf(inner);
    }

    /** Its blocks in the order of the way there, which is that of their weights. */
    Stream<Placed<? extends Block>> blocks() {
        return Stream.concat(Stream.concat(Stream.of(norm), inner.stream()), Stream.of(output));
    }
}
