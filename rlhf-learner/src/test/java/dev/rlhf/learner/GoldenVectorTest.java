package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.files.Safetensors;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The decoder, its heads and the optimiser against transformers and torch. */
class GoldenVectorTest {
    private static final double TOLERANCE = 1e-4;

    @ParameterizedTest
    @ValueSource(strings = {"untied", "tied", "ungrouped"})
    void logitsAreThoseOfTransformers(String name) {
        GoldenCase golden = GoldenCase.of(name);
        try (DjlNetwork network = DjlNetwork.open(golden.settings(Head.LANGUAGE_MODEL, 1000));
                NDManager scope = NativeScope.open()) {
            float[] logits = network.decoder().logits(scope, golden.rows()).toFloatArray();
            GoldenCase.assertClose("logits", logits, golden.numbers("logits"), TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"untied", "tied", "ungrouped"})
    void lossAndItsGradientsAreThoseOfTransformers(String name) {
        GoldenCase golden = GoldenCase.of(name);
        TrainingBatch batch = golden.batch(1.0);
        try (DjlLearner learner = learner(golden, Head.LANGUAGE_MODEL)) {
            GradientAccumulation.Sum sum = learner.accumulate(batch, FixedCoefficients.likelihood(batch));
            assertThat(sum.loss()).isCloseTo(golden.numbers("loss")[0], within(1e-5));
            assertGradients(golden, "loss.", learner);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"untied", "tied", "ungrouped"})
    void anyMixOfLogProbsAndEntropiesHasTheGradientsOfAutograd(String name) {
        GoldenCase golden = GoldenCase.of(name);
        TrainingBatch batch = golden.batch(golden.json().path("temperature").asDouble());
        FixedCoefficients mixed = FixedCoefficients.ofPolicy(golden.ragged("by_log_prob"), golden.ragged("by_entropy"));
        try (DjlLearner learner = learner(golden, Head.LANGUAGE_MODEL)) {
            learner.accumulate(batch, mixed);
            assertGradients(golden, "mixed.", learner);
            TokenOutputs outputs = learner.evaluate(
                    batch.sequences(), batch.temperature(), Set.of(Output.LOG_PROBS, Output.ENTROPIES));
            GoldenCase.assertClose(
                    "log-probs", GoldenCase.flat(outputs.logProbs()), golden.numbers("log_probs"), TOLERANCE);
            GoldenCase.assertClose(
                    "entropies", GoldenCase.flat(outputs.entropies()), golden.numbers("entropies"), TOLERANCE);
        }
    }

    @Test
    void rewardScoresAndGradientsAreThoseOfSequenceClassification() {
        GoldenCase golden = GoldenCase.of("reward");
        TrainingBatch batch = golden.batch(1.0);
        FixedCoefficients objective = FixedCoefficients.ofValues(golden.ragged("by_value"));
        try (DjlLearner learner = learner(golden, Head.REWARD)) {
            TokenOutputs outputs = learner.evaluate(batch.sequences(), 1.0, Set.of(Output.VALUES));
            GoldenCase.assertClose("scores", GoldenCase.flat(outputs.values()), golden.numbers("scores"), TOLERANCE);
            learner.accumulate(batch, objective);
            assertGradients(golden, "loss.", learner);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"untied", "tied"})
    void threeStepsOfAdamWEndWhereTorchEnds(String name, @TempDir Path directory) {
        GoldenCase golden = GoldenCase.of(name);
        TrainingBatch batch = golden.batch(1.0);
        try (DjlLearner learner = learner(golden, Head.LANGUAGE_MODEL)) {
            for (float norm : golden.numbers("norms")) {
                double found = learner.update(batch, FixedCoefficients.likelihood(batch))
                        .gradientNorm();
                assertThat(found).isCloseTo(norm, within(TOLERANCE * norm));
            }
            learner.save(directory);
        }
        Safetensors after = Safetensors.open(directory.resolve("model.safetensors"));
        for (String weight : after.names()) {
            GoldenCase.assertClose(
                    weight, GoldenCase.numbers(after, weight), golden.numbers("after." + weight), TOLERANCE);
        }
    }

    private static DjlLearner learner(GoldenCase golden, Head head) {
        return DjlLearner.open(golden.settings(head, 20), GoldenCase.OPTIMISER, 10);
    }

    private static void assertGradients(GoldenCase golden, String prefix, DjlLearner learner) {
        GoldenCase.byName(learner)
                .forEach((name, gradient) ->
                        GoldenCase.assertClose(name, gradient, golden.numbers(prefix + name), TOLERANCE));
    }
}
