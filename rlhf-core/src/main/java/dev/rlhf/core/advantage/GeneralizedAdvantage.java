package dev.rlhf.core.advantage;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;

/**
 * Generalized advantage estimation, for policies with a critic.
 *
 * <p>δ_t = r_t + γ·V_{t+1} − V_t and Â_t = δ_t + γλ·Â_{t+1}, with V = 0 after the last token; returns are Â + V. Masked
 * tokens (which the policy did not draw) are passed over: the next unmasked token is their successor. Whitening comes after
 * the returns: (Â − mean) / √(variance + 1e-8), unbiased variance over all unmasked tokens of the batch.
 *
 * <p>Source: Schulman et al. 2016 (arXiv 1506.02438); Lambert, chapter on policy gradients.
 *
 * @param gamma discount γ of a token
 * @param lambda 1 is Monte-Carlo minus the value, 0 is one-step
 * @param whiten whether advantages are whitened over the batch
 */
@Block(value = "advantage", kinds = "generalized")
public record GeneralizedAdvantage(
        @Range(min = 0, max = 1) double gamma,
        @Range(min = 0, max = 1) double lambda,
        boolean whiten) implements AdvantageEstimator {
    private static final double EPSILON = 1e-8;

    @Override
    public Advantages estimate(AdvantageInput input) {
        float[][] advantages = new float[input.mask().length][];
        float[][] returns = new float[input.mask().length][];
        for (int i = 0; i < advantages.length; i++) {
            estimateRow(i, input, advantages, returns);
        }
        if (whiten) {
            MaskedStatistics statistics = MaskedStatistics.of(advantages, input.mask());
            double scale = 1 / Math.sqrt(statistics.unbiasedVariance() + EPSILON);
            for (int i = 0; i < advantages.length; i++) {
                for (int t = 0; t < advantages[i].length; t++) {
                    advantages[i][t] =
                            input.mask()[i][t] ? (float) ((advantages[i][t] - statistics.mean()) * scale) : 0;
                }
            }
        }
        return new Advantages(advantages, returns);
    }

    @Override
    public boolean needsCritic() {
        return true;
    }

    private void estimateRow(int i, AdvantageInput input, float[][] advantages, float[][] returns) {
        boolean[] mask = input.mask()[i];
        float[] rewards = input.tokenRewards()[i];
        float[] values = input.values()[i];
        advantages[i] = new float[mask.length];
        returns[i] = new float[mask.length];
        double nextValue = 0;
        double nextAdvantage = 0;
        for (int t = mask.length - 1; t >= 0; t--) {
            if (!mask[t]) {
                continue;
            }
            double delta = rewards[t] + gamma * nextValue - values[t];
            nextAdvantage = delta + gamma * lambda * nextAdvantage;
            nextValue = values[t];
            advantages[i][t] = (float) nextAdvantage;
            returns[i][t] = (float) (nextAdvantage + values[t]);
        }
    }
}
