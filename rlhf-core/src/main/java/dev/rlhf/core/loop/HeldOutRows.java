package dev.rlhf.core.loop;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Rows that a stage does not train on, whose loss is measured again and again.
 *
 * @param rows the rows, perhaps none
 * @param settings how the stage learns
 * @param scores the score of each row where rows are pairs, or {@link #NO_SCORES}
 */
public record HeldOutRows(List<Experience> rows, SupervisedSettings settings, Function<TokenOutputs, double[]> scores) {
    /** Rows without scores. */
    public static final Function<TokenOutputs, double[]> NO_SCORES = outputs -> new double[0];

    /** What {@code network} makes of the rows; without values when there are none. */
    public Evaluation measure(int step, WeightVersion version, Network network) {
        Evaluation nothing = new Evaluation(step, version, Map.of(), List.of());
        if (rows.isEmpty()) {
            return nothing;
        }
        TrainingBatch batch = settings.batch(rows);
        Objective objective = settings.objective();
        TokenOutputs outputs = network.evaluate(
                batch.sequences(), batch.temperature(), objective.needs().outputs());
        Objective.Prepared prepared = objective.prepare(batch, Optional.of(outputs));
        Evaluation measured =
                nothing.with(Evaluation.LOSS, objective.at(prepared, 0, outputs).loss());
        double[] scored = scores.apply(outputs);
        return scored.length == 0 ? measured : measured.with(Evaluation.PAIR_ACCURACY, PairScores.accuracy(scored));
    }
}
