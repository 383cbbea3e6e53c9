package dev.rlhf.core.update;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.util.Optional;

/**
 * The plain policy-gradient loss of REINFORCE and RLOO: ℓ_t = −A_t · log π(y_t).
 *
 * <p>For samples of the very weights that are updated. Source: Williams 1992; Ahmadian et al. 2024 (arXiv 2402.14740); Lambert,
 * chapter on policy gradients.
 *
 * @param entropyBonus weight of the entropy; 0 for none
 * @param reduction how token losses become one number
 */
@Block(value = "objective", kinds = "policy-gradient")
public record PolicyGradient(@Range(min = 0) double entropyBonus, Reduction reduction) implements PolicyLoss {
    @Override
    public Needs needs() {
        return Needs.differentiating(Output.LOG_PROBS).with(Input.ADVANTAGES);
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        return TokenTerm.over(batch, reduction, (place, outputs, sum) -> {
            double slope = -place.row().get(Input.ADVANTAGES)[place.t()];
            sum.addLoss(place.weight() * (slope * outputs.logProbs()[place.i()][place.t()]));
            sum.addLogProb(place.i(), place.t(), place.weight() * slope);
        });
    }
}
