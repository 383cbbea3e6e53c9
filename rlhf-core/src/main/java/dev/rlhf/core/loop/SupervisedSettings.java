package dev.rlhf.core.loop;

import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.TrainingBatch;
import java.util.List;

/**
 * How given examples are learnt from.
 *
 * @param batchSize examples a step (a pair is one example), at least 1
 * @param maxTokens most tokens of a response, at least 1
 * @param objective loss
 */
public record SupervisedSettings(int batchSize, int maxTokens, Objective objective) {
    /** Rows as a batch; given examples were drawn at no temperature. */
    public TrainingBatch batch(List<Experience> rows) {
        return new TrainingBatch(rows, 1.0, maxTokens);
    }
}
