package dev.rlhf.core.update;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.util.Optional;

/**
 * Direct preference optimisation: preference pairs without a reward model.
 *
 * <p>Δ = (log π(y_c) − log π_ref(y_c)) − (log π(y_r) − log π_ref(y_r)), sums over response tokens; loss −(1−ε)·log σ(βΔ) −
 * ε·log σ(−βΔ), mean over pairs. Rows come in pairs, chosen first, with reference log-probs. Source: Rafailov et al. 2023
 * (arXiv 2305.18290), equation 7; label smoothing is cDPO (Mitchell 2023).
 *
 * @param beta β, how strongly the policy is held to the reference
 * @param labelSmoothing ε, share of the pairs taken to be labelled wrongly
 */
@Block(value = "preference-loss", kinds = "dpo")
public record DirectPreference(
        @Range(above = 0) double beta,
        @Range(min = 0, below = 0.5) double labelSmoothing) implements PreferenceLoss {
    @Override
    public Needs needs() {
        return Needs.differentiating(Output.LOG_PROBS)
                .with(Input.REFERENCE_LOG_PROBS)
                .inPairs();
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        return Pairs.over(batch, (pair, outputs, sum) -> {
            double chosenReward = beta * LogRatio.of(pair.chosen(), outputs.logProbs()[pair.i()]);
            double rejectedReward = beta * LogRatio.of(pair.rejected(), outputs.logProbs()[pair.i() + 1]);
            double margin = chosenReward - rejectedReward;
            double slope = -(1 - labelSmoothing) * Pairs.sigmoid(-margin) + labelSmoothing * Pairs.sigmoid(margin);
            double weight = pair.weight();
            sum.addLoss(weight
                    * (-(1 - labelSmoothing) * Pairs.logSigmoid(margin) - labelSmoothing * Pairs.logSigmoid(-margin)));
            sum.addLogProbs(pair.i(), pair.chosen().mask(), weight * beta * slope);
            sum.addLogProbs(pair.i() + 1, pair.rejected().mask(), -weight * beta * slope);
            sum.count("pair_accuracy", margin > 0 ? weight : 0);
            sum.count("pair_margin", weight * margin);
            sum.count("reward_chosen", weight * chosenReward);
            sum.count("reward_rejected", weight * rejectedReward);
        });
    }
}
