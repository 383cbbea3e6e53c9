package dev.rlhf.core.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.advantage.AdvantageInput;
import dev.rlhf.core.advantage.Advantages;
import dev.rlhf.core.advantage.GroupRelative;
import dev.rlhf.core.update.ClippedSurrogate;
import dev.rlhf.core.update.GradientSum;
import dev.rlhf.core.update.IdentityPreference;
import dev.rlhf.core.update.KahnemanTversky;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.TokenOutputs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GSPO, CISPO, DAPO, IPO and KTO against TRL's trainers in float64, on many random batches. */
class GoldenAlgorithmTest {
    private static final String FILE = "algorithms.json";
    private static final int BATCHES = 50;

    /** Numbers are written with twelve digits; inputs are the very float32 numbers that TRL had, and sums are of doubles. */
    private static final double RELATIVE = 1e-9;

    private static final double ABSOLUTE = 1e-11;

    private static final List<Class<? extends Objective>> OBJECTIVES =
            List.of(ClippedSurrogate.class, IdentityPreference.class, KahnemanTversky.class);

    static Stream<Named<JsonNode>> losses() {
        return GoldenVectors.list(FILE, "losses")
                .map(vector -> Named.of(
                        vector.path("algorithm").asText() + ", batch "
                                + vector.path("batch").asInt(),
                        vector));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void lossAndDerivativesAreThoseOfTrl(JsonNode vector) {
        Objective objective = GoldenVectors.subject(vector, "objective", OBJECTIVES);
        GoldenRollouts rollouts = batch(vector.path("batch").asInt());
        TokenOutputs outputs = rollouts.policy();
        GradientSum sum = new GradientSum(outputs, objective.needs().differentiated());
        objective.prepare(rollouts.training(), Optional.of(outputs)).add(0, outputs, sum);

        assertClose(
                "loss on " + rollouts.note(), sum.loss(), vector.path("loss").asDouble());
        double[][] derivatives = GoldenVectors.as(vector.path("logProbs"), double[][].class);
        for (int i = 0; i < derivatives.length; i++) {
            for (int t = 0; t < derivatives[i].length; t++) {
                String place = "dL/dlogp of row " + i + ", token " + t + " on " + rollouts.note();
                assertClose(place, sum.logProbs()[i][t], derivatives[i][t]);
            }
        }
    }

    static Stream<GoldenRollouts> groups() {
        return GoldenVectors.list(FILE, "batches")
                .map(node -> GoldenVectors.as(node, GoldenRollouts.class))
                .filter(rollouts -> !rollouts.note().contains("for each token"));
    }

    @ParameterizedTest
    @MethodSource("groups")
    void advantagesAreThoseOfTrl(GoldenRollouts rollouts) {
        GroupRelative estimator = GoldenVectors.as(GoldenVectors.file(FILE).path("advantage"), GroupRelative.class);
        Advantages found = estimator.estimate(
                new AdvantageInput(rollouts.tokenRewards(), new float[0][], rollouts.mask(), rollouts.groups()));
        for (int i = 0; i < rollouts.mask().length; i++) {
            for (int t = 0; t < rollouts.mask()[i].length; t++) {
                float wanted = rollouts.mask()[i][t] ? rollouts.advantages()[i][t] : 0;
                assertThat(found.advantages()[i][t]).as(rollouts.note()).isCloseTo(wanted, within(1e-6f));
            }
        }
    }

    @Test
    void everyAlgorithmMeetsManyBatches() {
        Map<String, Long> batches = GoldenVectors.list(FILE, "losses")
                .collect(
                        Collectors.groupingBy(vector -> vector.path("algorithm").asText(), Collectors.counting()));
        assertThat(batches.keySet()).containsExactlyInAnyOrder("gspo", "cispo", "dapo", "ipo", "ipo, summed", "kto");
        assertThat(batches.values()).allSatisfy(count -> assertThat(count).isGreaterThanOrEqualTo(BATCHES));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a group of one",
                "a group of equal rewards",
                "a row masked as a whole",
                "a hole in a response",
                "responses of one token",
                "drift 0.0002",
                "drift 8.0"
            })
    void batchesAreOfEveryKind(String trait) {
        assertThat(GoldenVectors.list(FILE, "batches"))
                .filteredOn(batch -> batch.path("note").asText().contains(trait))
                .hasSizeGreaterThanOrEqualTo(5);
    }

    private static GoldenRollouts batch(int number) {
        return GoldenVectors.as(GoldenVectors.file(FILE).path("batches").path(number), GoldenRollouts.class);
    }

    private static void assertClose(String what, double found, double wanted) {
        assertThat(found).as(what).isCloseTo(wanted, within(RELATIVE * Math.abs(wanted) + ABSOLUTE));
    }
}
