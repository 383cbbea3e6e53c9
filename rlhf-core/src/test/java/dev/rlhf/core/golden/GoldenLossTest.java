package dev.rlhf.core.golden;

import static dev.rlhf.core.golden.GoldenVectors.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.update.AdaptiveKl;
import dev.rlhf.core.update.BradleyTerry;
import dev.rlhf.core.update.ClippedSurrogate;
import dev.rlhf.core.update.DirectPreference;
import dev.rlhf.core.update.KlController;
import dev.rlhf.core.update.KlEstimator;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.PolicyGradient;
import dev.rlhf.core.update.PolicyLoss;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TokenRewards;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.ValueRegression;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses, their derivatives, KL terms, rewards and controllers against TRL and torch. */
class GoldenLossTest {
    private static final List<Class<? extends Objective>> OBJECTIVES = List.of(
            Likelihood.class,
            ClippedSurrogate.class,
            PolicyGradient.class,
            ValueRegression.class,
            BradleyTerry.class,
            DirectPreference.class);

    static Stream<Named<JsonNode>> losses() {
        return GoldenVectors.list("losses")
                .map(vector -> Named.of(vector.path("name").asText(), vector));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void lossAndDerivativesAreThoseOfAutograd(JsonNode vector) {
        Objective objective = GoldenVectors.subject(vector, "objective", OBJECTIVES);
        GoldenBatch batch = GoldenVectors.batch(vector.path("batch").asText());
        if (vector.path("onPolicy").asBoolean()) {
            batch = batch.onPolicy();
        }
        if (vector.path("oneAdvantageARow").asBoolean()) {
            batch = batch.withOneAdvantageARow();
        }
        TokenGradients found = gradients(withTerms(objective, vector), batch.training(), outputs(objective, batch));

        if (vector.has("loss")) {
            assertClose("loss", found.loss(), vector.path("loss").asDouble());
        }
        assertDerivatives("dL/dlogp", found.logProbs(), vector.path("logProbs"));
        assertDerivatives("dL/dH", found.entropies(), vector.path("entropies"));
        assertDerivatives("dL/dV", found.values(), vector.path("values"));
    }

    private static TokenGradients gradients(Objective objective, TrainingBatch batch, TokenOutputs outputs) {
        return objective.at(objective.prepare(batch, Optional.of(outputs)), 0, outputs);
    }

    /** A policy loss with the entropy and, where the vector has one, the KL that are summed with it. */
    private static Objective withTerms(Objective objective, JsonNode vector) {
        if (!(objective instanceof PolicyLoss loss)) {
            return objective;
        }
        JsonNode kl = vector.path("kl");
        return kl.isMissingNode()
                ? loss.withEntropy()
                : loss.withEntropyAndKl(
                        KlEstimator.valueOf(kl.path("estimator").asText()),
                        kl.path("beta").asDouble());
    }

    private static TokenOutputs outputs(Objective objective, GoldenBatch batch) {
        if (objective instanceof ValueRegression) {
            return TokenOutputs.ofValues(batch.predictedValues());
        }
        return objective instanceof BradleyTerry ? TokenOutputs.ofValues(batch.scores()) : batch.policy();
    }

    private static void assertDerivatives(String what, float[][] found, JsonNode wanted) {
        float[][] expected = wanted.isMissingNode() ? new float[0][] : GoldenVectors.as(wanted, float[][].class);
        assertClose(what, found, expected);
    }

    static Stream<JsonNode> kl() {
        return GoldenVectors.list("kl");
    }

    @ParameterizedTest
    @MethodSource("kl")
    void klTermsAndTheirDerivativesAreThoseOfAutograd(JsonNode vector) {
        KlEstimator estimator = KlEstimator.valueOf(vector.path("estimator").asText());
        float logProb = (float) vector.path("logProb").asDouble();
        float reference = (float) vector.path("reference").asDouble();
        assertClose(
                "kl", estimator.value(logProb, reference), vector.path("value").asDouble());
        assertClose(
                "derivative",
                estimator.derivative(logProb, reference),
                vector.path("derivative").asDouble());
    }

    @Test
    void k3GoesOnAlongItsTangentWhereItWouldOverflow() {
        double slope = KlEstimator.K3.derivative(-1020, -1000);
        assertThat(KlEstimator.K3.derivative(-5000, -1000)).isEqualTo(slope).isEqualTo(-Math.expm1(20));
        double rise = KlEstimator.K3.value(-5000, -1000) - KlEstimator.K3.value(-1020, -1000);
        assertThat(rise).isCloseTo(-3980 * slope, withinPercentage(1e-9));
    }

    static Stream<JsonNode> tokenRewards() {
        return GoldenVectors.list("tokenRewards");
    }

    @ParameterizedTest
    @MethodSource("tokenRewards")
    void rewardsAreTheScoreAtTheEndMinusTheKlAlongTheWay(JsonNode vector) {
        float[] found = TokenRewards.of(
                vector.path("score").asDouble(),
                GoldenVectors.as(vector.path("logProbs"), float[].class),
                GoldenVectors.as(vector.path("reference"), float[].class),
                GoldenVectors.as(vector.path("mask"), boolean[].class),
                vector.path("beta").asDouble(),
                KlEstimator.valueOf(vector.path("estimator").asText()));
        assertClose("rewards", found, GoldenVectors.as(vector.path("rewards"), float[].class));
    }

    static Stream<JsonNode> controllers() {
        return GoldenVectors.list("controllers");
    }

    @ParameterizedTest
    @MethodSource("controllers")
    void adaptiveControllerFollowsZiegler(JsonNode vector) {
        KlController controller = new AdaptiveKl(
                vector.path("beta").asDouble(),
                vector.path("target").asDouble(),
                vector.path("horizon").asDouble());
        for (JsonNode step : vector.path("steps")) {
            controller = controller.after(
                    step.path("kl").asDouble(), step.path("samples").asInt());
            assertClose("beta", controller.beta(), step.path("beta").asDouble());
        }
    }
}
