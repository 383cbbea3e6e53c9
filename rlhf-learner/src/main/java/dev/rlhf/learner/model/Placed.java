package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Block;

/**
 * A block and where the checkpoint has its weights.
 *
 * @param place what stands before the names of its weights, e.g. {@code self_attn.}
 * @param block what it computes
 */
public record Placed<B extends Block>(String place, B block) {
    /** A block whose weights stand below {@code place}; one without weights stands nowhere. */
    public static <B extends Block> Placed<B> at(String place, B block) {
        return new Placed<>(place, block);
    }
}
