package dev.rlhf.core.update;

/**
 * PPO's and GRPO's policy loss: the ratio to the sampling policy, clipped.
 *
 * <p>r = exp(log π − log π_old); ℓ = max(−A·r, −A·clip(r, 1−ε_low, 1+ε_high)); for A &lt; 0 with a dual clip c also ℓ ← min(ℓ,
 * −A·c). Then + β·kl(π, π_ref) where a KL is charged in the loss, and − bonus·H. A row without old log-probs was drawn by the
 * very weights that are updated: r is 1 and only its gradient counts.
 *
 * <p>Source: Schulman et al. 2017 (arXiv 1707.06347); dual clip Ye et al. 2020 (arXiv 1912.09729); KL in the loss Shao et al.
 * 2024 (arXiv 2402.03300).
 *
 * @param clipLow ε_low, in (0, 1)
 * @param clipHigh ε_high, above 0
 * @param dualClip c above 1, or 0 for none
 * @param klEstimator estimator of a KL in the loss
 * @param klBeta β of a KL in the loss, or 0 for none
 * @param entropyBonus weight of the entropy, or 0 for none
 * @param reduction how token losses become one number
 */
public record ClippedSurrogate(
        double clipLow,
        double clipHigh,
        double dualClip,
        KlEstimator klEstimator,
        double klBeta,
        double entropyBonus,
        Reduction reduction)
        implements Objective {
    /** exp() of a larger log-ratio says no more than "far away"; the bound keeps it finite. */
    private static final double LARGEST_LOG_RATIO = 20;

    @Override
    public boolean usesEntropy() {
        return entropyBonus != 0;
    }

    @Override
    public Bound over(TrainingBatch batch) {
        PolicyLoss terms = new PolicyLoss(batch, reduction, klEstimator, klBeta, entropyBonus);
        return (firstRow, outputs) -> terms.gradients(firstRow, outputs, this::surrogate);
    }

    /** Loss and derivative of one token, before its weight. */
    private PolicyLoss.Term surrogate(Experience row, int token, double logProb, GradientSum sum, double share) {
        float[] old = row.oldLogProbs();
        double logRatio = old.length == 0 ? 0 : logProb - old[token];
        double bounded = Math.max(-LARGEST_LOG_RATIO, Math.min(LARGEST_LOG_RATIO, logRatio));
        double ratio = Math.exp(bounded);
        double advantage = row.advantages()[token];
        double plain = -advantage * ratio;
        double clipped = -advantage * Math.max(1 - clipLow, Math.min(1 + clipHigh, ratio));
        boolean isClipped = clipped > plain;
        double loss = isClipped ? clipped : plain;
        double derivative = isClipped || bounded != logRatio ? 0 : plain;
        if (dualClip > 0 && advantage < 0 && loss > -advantage * dualClip) {
            loss = -advantage * dualClip;
            derivative = 0;
            sum.count("dual_clip_fraction", share);
        }
        sum.count("clip_fraction", isClipped ? share : 0);
        sum.count("approximate_kl", -logRatio * share);
        return new PolicyLoss.Term(loss, derivative);
    }
}
