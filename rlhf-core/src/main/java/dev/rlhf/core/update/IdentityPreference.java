package dev.rlhf.core.update;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.util.Optional;

/**
 * Identity preference optimisation: the lead of the chosen response is regressed to a fixed distance, so that it cannot grow
 * without end on pairs that are never contradicted.
 *
 * <p>Δ = h(y_c) − h(y_r) with h(y) = log π(y) − log π_ref(y), summed over response tokens or averaged over them; loss (Δ −
 * 1/(2β))², mean over pairs. Rows come in pairs, chosen first, with reference log-probs.
 *
 * <p>Source: Azar et al. 2023 (arXiv 2310.12036), equation 17, where β is called τ and h is a sum. The authors' own results, and
 * TRL, have the average; OpenRLHF has the sum. A β that suits one is far from the other: the distance is that of a response or that
 * of a token.
 *
 * @param beta β, how strongly the policy is held to the reference: the lead aimed at is 1/(2β)
 * @param lengthAveraged whether a response's log-ratio is averaged over its tokens, else summed
 */
@Block(value = "preference-loss", kinds = "ipo")
public record IdentityPreference(@Range(above = 0) double beta, boolean lengthAveraged) implements PreferenceLoss {
    @Override
    public Needs needs() {
        return Needs.differentiating(Output.LOG_PROBS)
                .with(Input.REFERENCE_LOG_PROBS)
                .inPairs();
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        return Pairs.over(batch, (pair, outputs, sum) -> {
            Experience chosen = pair.chosen();
            Experience rejected = pair.rejected();
            double chosenRatio = LogRatio.of(chosen, outputs.logProbs()[pair.i()]) / divisor(chosen);
            double rejectedRatio = LogRatio.of(rejected, outputs.logProbs()[pair.i() + 1]) / divisor(rejected);
            double lead = chosenRatio - rejectedRatio;
            double miss = lead - 1 / (2 * beta);
            double weight = pair.weight();
            sum.addLoss(weight * miss * miss);
            sum.addLogProbs(pair.i(), chosen.mask(), weight * 2 * miss / divisor(chosen));
            sum.addLogProbs(pair.i() + 1, rejected.mask(), -weight * 2 * miss / divisor(rejected));
            sum.count("pair_accuracy", lead > 0 ? weight : 0);
            sum.count("pair_margin", weight * beta * lead);
            sum.count("reward_chosen", weight * beta * chosenRatio);
            sum.count("reward_rejected", weight * beta * rejectedRatio);
        });
    }

    private int divisor(Experience row) {
        return lengthAveraged ? Math.max(1, row.trainedTokens()) : 1;
    }
}
