package dev.rlhf.core.update;

import java.util.List;

/**
 * The critic's loss: ½·(V − R)², with PPO's clip around the old value.
 *
 * <p>ℓ_t = c·½·max((V − R)², (clip(V, V_old ± ε) − R)²). Source: Schulman et al. 2017; Huang et al. 2022, "The 37
 * implementation details of PPO".
 *
 * @param clip ε above 0, or 0 for none
 * @param coefficient c, above 0
 * @param reduction how token losses become one number
 */
public record ValueRegression(double clip, double coefficient, Reduction reduction) implements Objective {
    private static final double EPSILON = 1e-12;

    @Override
    public Bound over(TrainingBatch batch) {
        double[] weights = reduction.weights(batch.rows());
        double[] shares = Reduction.TOKEN_MEAN.weights(batch.rows());
        double spread = varianceOfReturns(batch.rows()) + EPSILON;
        return (firstRow, outputs) -> {
            GradientSum sum = GradientSum.ofValues(outputs);
            for (int i = 0; i < outputs.values().length; i++) {
                Experience row = batch.rows().get(firstRow + i);
                double weight = weights[firstRow + i] * coefficient;
                double share = shares[firstRow + i];
                for (int t = 0; t < row.mask().length; t++) {
                    if (row.mask()[t]) {
                        double value = outputs.values()[i][t];
                        addToken(sum, row, i, t, value, weight);
                        double error = value - row.returns()[t];
                        sum.count("value_mean", share * value);
                        sum.count("explained_variance", share * (1 - error * error / spread));
                    }
                }
            }
            return sum.done();
        };
    }

    private void addToken(GradientSum sum, Experience row, int i, int t, double value, double weight) {
        double error = value - row.returns()[t];
        double loss = error * error / 2;
        double derivative = error;
        if (clip > 0) {
            double old = row.values()[t];
            double clippedError = Math.max(old - clip, Math.min(old + clip, value)) - row.returns()[t];
            if (clippedError * clippedError > error * error) {
                // The clipped value does not move with V, so neither does the loss.
                loss = clippedError * clippedError / 2;
                derivative = 0;
            }
        }
        sum.addLoss(weight * loss);
        sum.setValue(i, t, weight * derivative);
    }

    private static double varianceOfReturns(List<Experience> rows) {
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (Experience row : rows) {
            for (int t = 0; t < row.mask().length; t++) {
                if (row.mask()[t]) {
                    sum += row.returns()[t];
                    squares += (double) row.returns()[t] * row.returns()[t];
                    count++;
                }
            }
        }
        return count == 0 ? 0 : Math.max(0, squares / count - (sum / count) * (sum / count));
    }
}
