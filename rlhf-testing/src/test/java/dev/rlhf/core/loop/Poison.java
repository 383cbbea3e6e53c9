package dev.rlhf.core.loop;

import dev.rlhf.core.update.Needs;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import java.util.Optional;

/** A term of a loss that changes nothing and counts what is no number. */
record Poison() implements Objective {
    @Override
    public Needs needs() {
        return Needs.reading(Output.LOG_PROBS);
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        return (firstRow, outputs, sum) -> sum.count("clip_fraction", Double.NaN);
    }
}
