package dev.rlhf.core.update;

import dev.rlhf.core.base.TokenSequence;
import java.util.List;
import java.util.Set;

/**
 * The rows of one optimiser step.
 *
 * @param rows [B]
 * @param temperature logits are divided by it before log-probs are taken, above 0; it must be the one the rows were
 *     sampled at
 * @param maxTokens most tokens a response may have, L_max of {@link Reduction#SEQUENCE_MEAN_TOKEN_SUM_NORM}, at least 1
 */
public record TrainingBatch(List<Experience> rows, double temperature, int maxTokens) {

    /** Keeps its own copy of {@code rows}. */
    public TrainingBatch {
        rows = List.copyOf(rows);
    }

    /** Rows at temperature 1 whose responses have no bound of their own. */
    public static TrainingBatch of(List<Experience> rows) {
        return new TrainingBatch(rows, 1.0, 1);
    }

    /** The token sequences of all rows, [B]. */
    public List<TokenSequence> sequences() {
        return rows.stream().map(Experience::sequence).toList();
    }

    /** This batch with no more than these inputs of its rows. */
    public TrainingBatch keeping(Set<Input> inputs) {
        return new TrainingBatch(rows.stream().map(row -> row.keeping(inputs)).toList(), temperature, maxTokens);
    }
}
