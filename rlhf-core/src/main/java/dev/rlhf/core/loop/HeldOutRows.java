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
 * @param numbers what else is told of the rows, where they are pairs {@link PairNumbers}, or {@link #NO_NUMBERS}
 */
public record HeldOutRows(
        List<Experience> rows, SupervisedSettings settings, Function<TokenOutputs, Map<String, Double>> numbers) {
    /** Nothing but the loss. */
    public static final Function<TokenOutputs, Map<String, Double>> NO_NUMBERS = outputs -> Map.of();

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
        return measured.with(numbers.apply(outputs));
    }
}
