package dev.rlhf.core.update;

/**
 * The plain policy-gradient loss of REINFORCE and RLOO: ℓ_t = −A_t · log π(y_t).
 *
 * <p>For samples of the very weights that are updated. Source: Williams 1992; Ahmadian et al. 2024 (arXiv 2402.14740); Lambert,
 * chapter on policy gradients.
 *
 * @param klEstimator estimator of a KL in the loss
 * @param klBeta β of a KL in the loss, or 0 for none
 * @param entropyBonus weight of the entropy, or 0 for none
 * @param reduction how token losses become one number
 */
public record PolicyGradient(KlEstimator klEstimator, double klBeta, double entropyBonus, Reduction reduction)
        implements Objective {
    @Override
    public boolean usesEntropy() {
        return entropyBonus != 0;
    }

    @Override
    public Bound over(TrainingBatch batch) {
        PolicyLoss terms = new PolicyLoss(batch, reduction, klEstimator, klBeta, entropyBonus);
        return (firstRow, outputs) -> terms.gradients(
                firstRow,
                outputs,
                (row, token, logProb, sum, share) ->
                        new PolicyLoss.Term(-row.advantages()[token] * logProb, -row.advantages()[token]));
    }
}
