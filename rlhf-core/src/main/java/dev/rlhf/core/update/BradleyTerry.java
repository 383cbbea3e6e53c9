package dev.rlhf.core.update;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.util.Optional;

/**
 * The reward model's loss on preference pairs.
 *
 * <p>−log σ(s_c − s_r − margin) + c·(s_c + s_r)², mean over pairs; the second term keeps scores around zero. Rows come in pairs,
 * chosen first. Source: Bradley and Terry 1952; Ouyang et al. 2022, equation 1; centring Eisenstein et al. 2023 (arXiv
 * 2312.09244); Lambert, chapter on reward modeling.
 *
 * @param margin by how much the chosen score should beat the rejected one
 * @param centering c, weight of the term that keeps scores around zero; 0.01 is usual
 */
@Block(value = "pair-loss", kinds = "bradley-terry")
public record BradleyTerry(
        @Range(min = 0) double margin, @Range(min = 0) double centering) implements ScoreLoss {
    @Override
    public Needs needs() {
        return Needs.differentiating(Output.VALUES).inPairs();
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        return Pairs.over(batch, (pair, outputs, sum) -> {
            double weight = pair.weight();
            double chosen = outputs.values()[pair.i()][0];
            double rejected = outputs.values()[pair.i() + 1][0];
            double lead = chosen - rejected - margin;
            double total = chosen + rejected;
            double slope = -Pairs.sigmoid(-lead);
            sum.addLoss(weight * (-Pairs.logSigmoid(lead) + centering * total * total));
            sum.addValue(pair.i(), 0, weight * (slope + 2 * centering * total));
            sum.addValue(pair.i() + 1, 0, weight * (-slope + 2 * centering * total));
            sum.count("pair_accuracy", chosen > rejected ? weight : 0);
            sum.count("pair_margin", weight * (chosen - rejected));
            sum.count("score_mean", weight * total / 2);
        });
    }
}
