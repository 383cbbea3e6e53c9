package dev.rlhf.driver.stage;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Rows that a stage does not train on, whose loss is measured again and again.
 *
 * @param batch the rows, perhaps none
 * @param objective the loss
 * @param scores the score of each row where rows are pairs, or null
 */
record HeldOutRows(TrainingBatch batch, Objective objective, Function<TokenOutputs, double[]> scores) {
    /** Rows without scores. */
    static final Function<TokenOutputs, double[]> NO_SCORES = outputs -> new double[0];

    static HeldOutRows of(List<Experience> rows, Objective objective, Function<TokenOutputs, double[]> scores) {
        return new HeldOutRows(new TrainingBatch(rows, 1.0), objective, scores);
    }

    /** What {@code network} makes of the rows; without values when there are none. */
    Evaluation measure(int step, WeightVersion version, Network network) {
        Evaluation nothing = new Evaluation(step, version, Map.of(), List.of());
        if (batch.rows().isEmpty()) {
            return nothing;
        }
        TokenOutputs outputs = network.evaluate(batch.sequences(), batch.temperature());
        Evaluation measured = nothing.with(
                Evaluation.LOSS, objective.over(batch).gradients(0, outputs).loss());
        double[] scored = scores.apply(outputs);
        return scored.length == 0 ? measured : measured.with(Evaluation.PAIR_ACCURACY, PairScores.accuracy(scored));
    }
}
