package dev.rlhf.learner.model;

import dev.rlhf.learner.block.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is added to the residual stream: {@code x ← x + branch₁(x) + branch₂(x) + …}.
 *
 * @param branches what each adds, blocks one after the other; mostly one branch, which begins with a norm
 */
public record Residual(List<List<Placed<? extends Block>>> branches) {
    /** Copies the lists. */
    public Residual {
        branches = branches.stream().map(List::copyOf).toList();
    }

    /** One branch. */
    @SafeVarargs
    public static Residual of(Placed<? extends Block>... blocks) {
        List<Placed<? extends Block>> branch = new ArrayList<>();
        for (Placed<? extends Block> block : blocks) {
            branch.add(block);
        }
        return new Residual(List.of(branch));
    }

    /** This and the branches of another, which see the same stream. */
    public Residual beside(Residual other) {
        return new Residual(
                Stream.concat(branches.stream(), other.branches.stream()).toList());
    }

    /** Its blocks in the order of the way there, which is that of their weights. */
    Stream<Placed<? extends Block>> blocks() {
        return branches.stream().flatMap(List::stream);
    }
}
