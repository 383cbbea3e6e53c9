package dev.rlhf.core.measure;

import dev.rlhf.core.base.RlhfException;

/**
 * Whether a reward model is as sure of its pairs as it is right about them.
 *
 * <p>Its probability that the chosen answer wins is σ(Δ) with Δ = s_c − s_r. Every pair ends with the chosen one winning, so the error is
 * taken of the side that the model favours: a pair counts with the confidence σ(|Δ|) in [0.5, 1], right where Δ &gt; 0, half right at a
 * tie. Over ten bins of equal width, error = Σ_b n_b/N · |right_b − confidence_b|. The Brier score, mean of (1 − σ(Δ))², needs no fold.
 * Source: Guo et al. 2017 (arXiv 1706.04599), equation 3; Brier 1950.
 *
 * @param error expected calibration error, in [0, 1]; 0 is calibrated
 * @param brier Brier score, in [0, 1]; 0.25 is that of a coin's guess
 */
public record Calibration(double error, double brier) {
    private static final int BINS = 10;
    private static final double LEAST = 0.5;
    private static final double TIE = 0.5;

    /** Of the margins Δ of pairs, at least one. */
    public static Calibration of(double[] margins) {
        if (margins.length == 0) {
            throw RlhfException.bug("no pairs to calibrate by");
        }
        // Right less confident, summed in each bin.
        double[] excess = new double[BINS];
        double brier = 0;
        for (double margin : margins) {
            double confidence = sigmoid(Math.abs(margin));
            double right = margin == 0 ? TIE : margin > 0 ? 1 : 0;
            excess[bin(confidence)] += right - confidence;
            double miss = sigmoid(-margin);
            brier += miss * miss;
        }
        double error = 0;
        for (double bin : excess) {
            error += Math.abs(bin);
        }
        return new Calibration(error / margins.length, brier / margins.length);
    }

    /** The bin of a confidence; 1 is in the last one. */
    private static int bin(double confidence) {
        return Math.min(BINS - 1, (int) ((confidence - LEAST) / (1 - LEAST) * BINS));
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
