package dev.rlhf.core.update;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import java.util.Arrays;
import java.util.Optional;

/**
 * The ratio to the sampling policy, clipped: the loss of PPO and GRPO, of GSPO and of CISPO.
 *
 * <p>r = exp(log π − log π_old) of a token, or of a sequence the exponential of the mean over its tokens. Pessimistic clip: ℓ =
 * max(−A·r, −A·clip(r, 1−ε_low, 1+ε_high)); for A &lt; 0 with a dual clip c also ℓ ← min(ℓ, −A·c). Clip of the weight: ℓ =
 * −sg(clip(r, 1−ε_low, 1+ε_high))·A·log π, where no token is left out. A row without old log-probs was drawn by the very weights
 * that are updated: r is 1 and only its gradient counts.
 *
 * <p>Source: Schulman et al. 2017 (arXiv 1707.06347); dual clip Ye et al. 2020 (arXiv 1912.09729); ratio of a sequence Zheng et al.
 * 2025 (GSPO, arXiv 2507.18071), equations 5 to 7; clip of the weight MiniMax 2025 (CISPO, arXiv 2506.13585), equation 4.
 *
 * @param ratio of what the ratio is
 * @param clip what the clip does
 * @param clipLow ε_low, how far the ratio may fall under 1; 1 for no bound below
 * @param clipHigh ε_high, how far the ratio may rise over 1
 * @param dualClip c, bound of the ratio for negative advantages, above 1; 0 for none; of use to the pessimistic clip
 * @param entropyBonus weight of the entropy; 0 for none
 * @param reduction how token losses become one number
 */
@Block(value = "objective", kinds = "clipped-surrogate")
public record ClippedSurrogate(
        Ratio ratio,
        Clip clip,
        @Range(above = 0, max = 1) double clipLow,
        @Range(above = 0) double clipHigh,
        @Range(min = 0) double dualClip,
        @Range(min = 0) double entropyBonus,
        Reduction reduction)
        implements PolicyLoss {
    /** exp() of a larger log-ratio says no more than "far away"; the bound keeps it finite. */
    private static final double LARGEST_LOG_RATIO = 20;

    /** Of what a ratio is. */
    public enum Ratio {
        /** Of each token. */
        TOKEN,
        /** Of the whole sequence, length-normalised: exp of the mean log-ratio of its trained tokens. */
        SEQUENCE
    }

    /** What a clip does. */
    public enum Clip {
        /** Takes the worse of the plain and the clipped term; a token beyond the clip has no gradient. */
        PESSIMISTIC,
        /** Bounds the weight of the plain policy gradient; every token keeps its gradient. */
        STOP_GRADIENT
    }

    /**
     * Loss of a token before its weight.
     *
     * @param byRatio its derivative by the log-ratio
     * @param byLogProb its derivative by the token's log-prob at a fixed ratio
     */
    private record Term(double loss, double byRatio, double byLogProb) {}

    /** Checks the dual clip; throws USER. */
    public ClippedSurrogate {
        KeyException.require(
                dualClip == 0 || dualClip > 1, "dual-clip", "must be 0 (none) or above 1, not " + dualClip);
    }

    @Override
    public Needs needs() {
        return Needs.differentiating(Output.LOG_PROBS).with(Input.OLD_LOG_PROBS, Input.ADVANTAGES);
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        double[] weights = reduction.weights(batch);
        double[] shares = Reduction.TOKEN_MEAN.weights(batch);
        return (firstRow, outputs, sum) -> {
            for (int i = 0; i < outputs.logProbs().length; i++) {
                Experience row = batch.rows().get(firstRow + i);
                addRow(row, i, outputs.logProbs()[i], weights[firstRow + i], shares[firstRow + i], sum);
            }
        };
    }

    private void addRow(Experience row, int i, float[] logProbs, double weight, double share, GradientSum sum) {
        double[] logRatios = logRatios(row, logProbs);
        double ofSequence = 0;
        for (int t = 0; t < row.mask().length; t++) {
            if (row.mask()[t]) {
                double advantage = row.get(Input.ADVANTAGES)[t];
                Term term = switch (clip) {
                    case PESSIMISTIC -> pessimistic(logRatios[t], advantage, share, sum);
                    case STOP_GRADIENT -> weighted(logRatios[t], advantage, logProbs[t], share, sum);
                };
                sum.addLoss(weight * term.loss());
                switch (ratio) {
                    case TOKEN -> sum.addLogProb(i, t, weight * (term.byRatio() + term.byLogProb()));
                    case SEQUENCE -> {
                        sum.addLogProb(i, t, weight * term.byLogProb());
                        ofSequence += weight * term.byRatio();
                    }
                }
                sum.count("approximate_kl", -logRatios[t] * share);
            }
        }
        if (ratio == Ratio.SEQUENCE) {
            // The mean log-ratio moves by 1/T with each log-prob of the sequence.
            sum.addLogProbs(i, row.mask(), ofSequence / Math.max(1, row.trainedTokens()));
        }
    }

    /** log r of each token, [T]; of a sequence its mean at every token. */
    private double[] logRatios(Experience row, float[] logProbs) {
        float[] old = row.get(Input.OLD_LOG_PROBS);
        double[] logRatios = new double[logProbs.length];
        double total = 0;
        for (int t = 0; t < logProbs.length; t++) {
            logRatios[t] = old.length == 0 ? 0 : (double) logProbs[t] - old[t];
            total += row.mask()[t] ? logRatios[t] : 0;
        }
        if (ratio == Ratio.SEQUENCE) {
            Arrays.fill(logRatios, total / Math.max(1, row.trainedTokens()));
        }
        return logRatios;
    }

    private Term pessimistic(double logRatio, double advantage, double share, GradientSum sum) {
        double bounded = bounded(logRatio);
        double plain = -advantage * Math.exp(bounded);
        double clipped = -advantage * clipped(Math.exp(bounded));
        boolean isClipped = clipped > plain;
        double loss = isClipped ? clipped : plain;
        double derivative = isClipped || bounded != logRatio ? 0 : plain;
        if (dualClip > 0 && advantage < 0 && loss > -advantage * dualClip) {
            loss = -advantage * dualClip;
            derivative = 0;
            sum.count("dual_clip_fraction", share);
        }
        sum.count("clip_fraction", isClipped ? share : 0);
        return new Term(loss, derivative, 0);
    }

    private Term weighted(double logRatio, double advantage, double logProb, double share, GradientSum sum) {
        double plain = Math.exp(bounded(logRatio));
        double held = clipped(plain);
        sum.count("clip_fraction", held == plain ? 0 : share);
        return new Term(-advantage * held * logProb, 0, -advantage * held);
    }

    private double clipped(double r) {
        return Math.max(1 - clipLow, Math.min(1 + clipHigh, r));
    }

    private static double bounded(double logRatio) {
        return Math.max(-LARGEST_LOG_RATIO, Math.min(LARGEST_LOG_RATIO, logRatio));
    }
}
