package dev.rlhf.core.update;

import java.util.List;
import java.util.Optional;

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
    public Needs needs() {
        Needs needs = Needs.differentiating(Output.VALUES).with(Input.RETURNS);
        return clip > 0 ? needs.with(Input.VALUES) : needs;
    }

    @Override
    public Prepared prepare(TrainingBatch batch, Optional<TokenOutputs> firstPass) {
        double spread = varianceOfReturns(batch.rows()) + EPSILON;
        return TokenTerm.over(batch, reduction, (place, outputs, sum) -> {
            double value = outputs.values()[place.i()][place.t()];
            double error = value - place.row().get(Input.RETURNS)[place.t()];
            addToken(sum, place, value, place.weight() * coefficient);
            sum.count("value_mean", place.share() * value);
            sum.count("explained_variance", place.share() * (1 - error * error / spread));
        });
    }

    private void addToken(GradientSum sum, TokenTerm.Place place, double value, double weight) {
        double target = place.row().get(Input.RETURNS)[place.t()];
        double error = value - target;
        double loss = error * error / 2;
        double derivative = error;
        if (clip > 0) {
            double old = place.row().get(Input.VALUES)[place.t()];
            double clippedError = Math.max(old - clip, Math.min(old + clip, value)) - target;
            if (clippedError * clippedError > error * error) {
                // The clipped value does not move with V, so neither does the loss.
                loss = clippedError * clippedError / 2;
                derivative = 0;
            }
        }
        sum.addLoss(weight * loss);
        sum.addValue(place.i(), place.t(), weight * derivative);
    }

    private static double varianceOfReturns(List<Experience> rows) {
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (Experience row : rows) {
            float[] returns = row.get(Input.RETURNS);
            for (int t = 0; t < row.mask().length; t++) {
                if (row.mask()[t]) {
                    sum += returns[t];
                    squares += (double) returns[t] * returns[t];
                    count++;
                }
            }
        }
        return count == 0 ? 0 : Math.max(0, squares / count - (sum / count) * (sum / count));
    }
}
