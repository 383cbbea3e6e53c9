package dev.rlhf.core.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;

/** Compares an objective's derivatives with central differences of its loss. */
final class FiniteDifferences {
    private static final float STEP = 1e-3f;
    private static final double TOLERANCE = 2e-3;

    private FiniteDifferences() {}

    static void check(Objective objective, TrainingBatch batch, TokenOutputs outputs) {
        Objective.Bound bound = objective.over(batch);
        TokenGradients gradients = bound.gradients(0, outputs);
        compare(bound, outputs, outputs.logProbs(), gradients.logProbs(), "logp");
        compare(bound, outputs, outputs.entropies(), gradients.entropies(), "entropy");
        compare(bound, outputs, outputs.values(), gradients.values(), "value");
    }

    private static void compare(
            Objective.Bound bound, TokenOutputs outputs, float[][] inputs, float[][] derivatives, String what) {
        for (int i = 0; i < inputs.length; i++) {
            for (int t = 0; t < inputs[i].length; t++) {
                float kept = inputs[i][t];
                inputs[i][t] = kept + STEP;
                double above = bound.gradients(0, outputs).loss();
                float high = inputs[i][t];
                inputs[i][t] = kept - STEP;
                double below = bound.gradients(0, outputs).loss();
                double step = (double) high - inputs[i][t];
                inputs[i][t] = kept;
                double expected = (above - below) / step;
                double derivative = derivatives.length == 0 ? 0 : derivatives[i][t];
                assertThat(derivative)
                        .as("d loss / d %s of row %d token %d of %s", what, i, t, Arrays.toString(inputs[i]))
                        .isCloseTo(expected, within(TOLERANCE * Math.max(1, Math.abs(expected))));
            }
        }
    }
}
