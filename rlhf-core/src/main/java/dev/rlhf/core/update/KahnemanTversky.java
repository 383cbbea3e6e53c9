package dev.rlhf.core.update;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.base.RlhfException;
import java.util.List;
import java.util.Optional;

/**
 * Kahneman-Tversky optimisation: responses that are good or bad each on its own, valued as prospect theory values gains and losses.
 *
 * <p>h(y) = log π(y) − log π_ref(y), a sum over response tokens; z = max(0, mean of h over mismatched rows), held constant. A
 * desirable row costs λ_D·(1 − σ(β(h − z))), an undesirable one λ_U·(1 − σ(β(z − h))); mean over both. Rows are labelled and have
 * reference log-probs; mismatched ones, a prompt with the response to another, only say how far the policy has moved as a whole.
 *
 * <p>Source: Ethayarajh et al. 2024 (arXiv 2402.01306), equations 7 and 8. λ_D·n_D / (λ_U·n_U) between 1 and 4/3 is advised there.
 *
 * @param beta β, how strongly the policy is held to the reference
 * @param desirableWeight λ_D, what a wanted response counts
 * @param undesirableWeight λ_U, what an unwanted response counts
 */
@Block(value = "preference-loss", kinds = "kto")
public record KahnemanTversky(
        @Range(above = 0) double beta,
        @Range(min = 0) double desirableWeight,
        @Range(min = 0) double undesirableWeight) implements PreferenceLoss {
    @Override
    public Needs needs() {
        return Needs.differentiating(Output.LOG_PROBS)
                .with(Input.REFERENCE_LOG_PROBS)
                .withFirstPass();
    }

    @Override
    public int leastPairs() {
        return 2;
    }

    @Override
    public List<Experience> rows(List<Experience> given) {
        return UnpairedRows.of(given);
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        double z = referencePoint(batch.rows(), firstPass.orElseThrow(() -> RlhfException.bug("no first pass")));
        int desirable = count(batch.rows(), Label.DESIRABLE);
        int undesirable = count(batch.rows(), Label.UNDESIRABLE);
        double weight = 1.0 / Math.max(1, desirable + undesirable);
        return (firstRow, outputs, sum) -> {
            for (int i = 0; i < outputs.logProbs().length; i++) {
                Experience row = batch.rows().get(firstRow + i);
                if (row.trainedTokens() == 0) {
                    continue;
                }
                double ratio = LogRatio.of(row, outputs.logProbs()[i]);
                switch (row.label()) {
                    case DESIRABLE -> {
                        add(sum, i, row, weight * desirableWeight, beta * (ratio - z), 1);
                        sum.count("reward_chosen", beta * ratio / desirable);
                        sum.count("reference_point", weight * z);
                    }
                    case UNDESIRABLE -> {
                        add(sum, i, row, weight * undesirableWeight, beta * (z - ratio), -1);
                        sum.count("reward_rejected", beta * ratio / undesirable);
                        sum.count("reference_point", weight * z);
                    }
                    case MISMATCHED -> {}
                    case NONE -> throw RlhfException.bug("a row of KTO has no label");
                }
            }
        };
    }

    /** weight·(1 − σ(value)), where value moves by {@code sign}·β with the row's log-ratio. */
    private void add(GradientSum sum, int i, Experience row, double weight, double value, int sign) {
        sum.addLoss(weight * Pairs.sigmoid(-value));
        double derivative = -Pairs.sigmoid(value) * Pairs.sigmoid(-value);
        sum.addLogProbs(i, row.mask(), weight * derivative * sign * beta);
    }

    /** z of a batch; 0 where no mismatched row has a token to tell of. */
    private static double referencePoint(List<Experience> rows, TokenOutputs firstPass) {
        double total = 0;
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).label() == Label.MISMATCHED) {
                total += LogRatio.of(rows.get(i), firstPass.logProbs()[i]);
            }
        }
        return Math.max(0, total / Math.max(1, count(rows, Label.MISMATCHED)));
    }

    private static int count(List<Experience> rows, Label label) {
        int count = 0;
        for (Experience row : rows) {
            count += row.label() == label && row.trainedTokens() > 0 ? 1 : 0;
        }
        return count;
    }
}
