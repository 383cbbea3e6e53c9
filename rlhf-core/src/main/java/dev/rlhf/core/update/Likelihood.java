package dev.rlhf.core.update;

/**
 * Supervised fine-tuning: ℓ_t = −log π(y_t | x, y_<t).
 *
 * <p>Source: Lambert, chapter on instruction fine-tuning.
 *
 * @param reduction how token losses become one number
 */
public record Likelihood(Reduction reduction) implements Objective {
    @Override
    public Bound over(TrainingBatch batch) {
        double[] weights = reduction.weights(batch.rows());
        double[] shares = Reduction.TOKEN_MEAN.weights(batch.rows());
        return (firstRow, outputs) -> {
            GradientSum sum = GradientSum.ofPolicy(outputs, false);
            for (int i = 0; i < outputs.logProbs().length; i++) {
                boolean[] mask = batch.rows().get(firstRow + i).mask();
                for (int t = 0; t < mask.length; t++) {
                    if (mask[t]) {
                        sum.addLoss(-weights[firstRow + i] * outputs.logProbs()[i][t]);
                        sum.setLogProb(i, t, -weights[firstRow + i]);
                        sum.count("entropy", shares[firstRow + i] * outputs.entropies()[i][t]);
                    }
                }
            }
            return sum.done();
        };
    }
}
