package dev.rlhf.core.update;

/**
 * How per-token losses become one number.
 *
 * <p>Every rule is a weight per row that multiplies each unmasked token of it, fixed over the <em>whole</em> batch, so that no
 * split into micro-batches changes a gradient. Rows masked as a whole count nowhere.
 *
 * <p>Source: Yu et al. 2025 (DAPO, arXiv 2503.14476), Liu et al. 2025 (Dr.GRPO, arXiv 2503.20783).
 */
public enum Reduction {
    /** Σ ℓ / number of tokens in the batch (DAPO). */
    TOKEN_MEAN,
    /** Mean over sequences of the mean over tokens (GRPO). */
    SEQUENCE_MEAN_TOKEN_MEAN,
    /** Mean over sequences of the sum over tokens. */
    SEQUENCE_MEAN_TOKEN_SUM,
    /** Mean over sequences of the sum over tokens, divided by the most tokens a response may have (Dr.GRPO). */
    SEQUENCE_MEAN_TOKEN_SUM_NORM,
    /** Σ ℓ. */
    TOKEN_SUM;

    /** The weight of each unmasked token, by row, [B]; 0 for a row masked as a whole. */
    public double[] weights(TrainingBatch batch) {
        long tokens = 0;
        int sequences = 0;
        for (Experience row : batch.rows()) {
            tokens += row.trainedTokens();
            sequences += row.trainedTokens() > 0 ? 1 : 0;
        }
        double[] weights = new double[batch.rows().size()];
        for (int i = 0; i < weights.length; i++) {
            int length = batch.rows().get(i).trainedTokens();
            weights[i] = length == 0 ? 0 : weight(length, sequences, tokens, batch.maxTokens());
        }
        return weights;
    }

    private double weight(int length, int sequences, long tokens, int maxTokens) {
        return switch (this) {
            case TOKEN_MEAN -> 1.0 / tokens;
            case SEQUENCE_MEAN_TOKEN_MEAN -> 1.0 / sequences / length;
            case SEQUENCE_MEAN_TOKEN_SUM -> 1.0 / sequences;
            case SEQUENCE_MEAN_TOKEN_SUM_NORM -> 1.0 / sequences / maxTokens;
            case TOKEN_SUM -> 1.0;
        };
    }
}
