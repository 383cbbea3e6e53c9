package dev.rlhf.core.update;

import java.util.Optional;

/**
 * Supervised fine-tuning: ℓ_t = −log π(y_t | x, y_<t).
 *
 * <p>Source: Lambert, chapter on instruction fine-tuning.
 *
 * @param reduction how token losses become one number
 */
public record Likelihood(Reduction reduction) implements Objective {
    @Override
    public Needs needs() {
        return Needs.differentiating(Output.LOG_PROBS);
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        return TokenTerm.over(batch, reduction, (place, outputs, sum) -> {
            sum.addLoss(-place.weight() * outputs.logProbs()[place.i()][place.t()]);
            sum.addLogProb(place.i(), place.t(), -place.weight());
        });
    }
}
