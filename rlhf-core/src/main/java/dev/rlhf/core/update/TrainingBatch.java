package dev.rlhf.core.update;

import dev.rlhf.core.base.TokenSequence;
import java.util.List;

/**
 * The rows of one optimiser step.
 *
 * @param rows [B]
 * @param temperature logits are divided by it before log-probs are taken, above 0; it must be the one the rows were
 *     sampled at
 */
public record TrainingBatch(List<Experience> rows, double temperature) {

    /** Keeps its own copy of {@code rows}. */
    public TrainingBatch {
        rows = List.copyOf(rows);
    }

    /** The token sequences of all rows, [B]. */
    public List<TokenSequence> sequences() {
        return rows.stream().map(Experience::sequence).toList();
    }
}
