package dev.rlhf.core.update;

/** Rewards of the tokens of one completion: the score at the end, minus the KL penalty along the way. */
public final class TokenRewards {
    private TokenRewards() {}

    /**
     * r_t = −β·kl_t + score·1[t = last unmasked token].
     *
     * <p>Source: Ouyang et al. 2022 (arXiv 2203.02155), equation 2.
     *
     * @param score reward of the completion
     * @param logProbs log-probs under the policy that drew it, [T]
     * @param referenceLogProbs log-probs under the reference policy, [T]
     * @param mask true on tokens the policy drew, [T]
     * @param beta β, at least 0
     * @param estimator estimator of kl_t
     * @return [T], 0 on masked tokens
     */
    public static float[] of(
            double score,
            float[] logProbs,
            float[] referenceLogProbs,
            boolean[] mask,
            double beta,
            KlEstimator estimator) {
        float[] rewards = new float[mask.length];
        boolean scored = false;
        for (int t = mask.length - 1; t >= 0; t--) {
            if (!mask[t]) {
                continue;
            }
            double reward = beta == 0 ? 0 : -beta * estimator.value(logProbs[t], referenceLogProbs[t]);
            rewards[t] = (float) (scored ? reward : reward + score);
            scored = true;
        }
        return rewards;
    }
}
