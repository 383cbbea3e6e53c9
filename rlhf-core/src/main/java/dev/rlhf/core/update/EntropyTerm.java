package dev.rlhf.core.update;

import java.util.Optional;

/**
 * The entropy of the policy as a term of a loss: ℓ_t = −c·H_t; with c = 0 it is only measured.
 *
 * <p>Source: Mnih et al. 2016 (arXiv 1602.01783), section 4.
 *
 * @param bonus c, at least 0
 * @param reduction how token losses become one number
 */
public record EntropyTerm(double bonus, Reduction reduction) implements Objective {
    @Override
    public Needs needs() {
        return bonus == 0 ? Needs.reading(Output.ENTROPIES) : Needs.differentiating(Output.ENTROPIES);
    }

    @Override
    public boolean moves(Experience row) {
        return bonus != 0;
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        return TokenTerm.over(batch, reduction, (place, outputs, sum) -> {
            double entropy = outputs.entropies()[place.i()][place.t()];
            sum.count("entropy", place.share() * entropy);
            if (bonus != 0) {
                sum.addLoss(-place.weight() * bonus * entropy);
                sum.addEntropy(place.i(), place.t(), -place.weight() * bonus);
            }
        });
    }
}
