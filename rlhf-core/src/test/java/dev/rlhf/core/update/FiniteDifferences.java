package dev.rlhf.core.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Compares an objective's derivatives with central differences of its loss. */
final class FiniteDifferences {
    private static final float STEP = 1e-3f;
    private static final double TOLERANCE = 2e-3;

    private FiniteDifferences() {}

    static void check(Objective objective, TrainingBatch batch, TokenOutputs outputs) {
        Objective.Prepared prepared = objective.prepare(batch, Optional.of(outputs));
        ToDoubleFunction<TokenOutputs> loss =
                said -> objective.at(prepared, 0, said).loss();
        TokenGradients gradients = objective.at(prepared, 0, outputs);
        compare(loss, outputs, outputs.logProbs(), gradients.logProbs(), "logp");
        compare(loss, outputs, outputs.entropies(), gradients.entropies(), "entropy");
        compare(loss, outputs, outputs.values(), gradients.values(), "value");
    }

    private static void compare(
            ToDoubleFunction<TokenOutputs> loss,
            TokenOutputs outputs,
            float[][] inputs,
            float[][] derivatives,
            String what) {
        for (int i = 0; i < inputs.length; i++) {
            for (int t = 0; t < inputs[i].length; t++) {
                float kept = inputs[i][t];
                inputs[i][t] = kept + STEP;
                double above = loss.applyAsDouble(outputs);
                float high = inputs[i][t];
                inputs[i][t] = kept - STEP;
                double below = loss.applyAsDouble(outputs);
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
