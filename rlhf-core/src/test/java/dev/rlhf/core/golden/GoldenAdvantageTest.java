package dev.rlhf.core.golden;

import static dev.rlhf.core.golden.GoldenVectors.assertClose;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.advantage.AdvantageEstimator;
import dev.rlhf.core.advantage.AdvantageInput;
import dev.rlhf.core.advantage.Advantages;
import dev.rlhf.core.advantage.BatchBaseline;
import dev.rlhf.core.advantage.GeneralizedAdvantage;
import dev.rlhf.core.advantage.GroupRelative;
import dev.rlhf.core.advantage.LeaveOneOut;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Advantages and returns against torch. */
class GoldenAdvantageTest {
    private static final List<Class<? extends AdvantageEstimator>> ESTIMATORS =
            List.of(GeneralizedAdvantage.class, GroupRelative.class, LeaveOneOut.class, BatchBaseline.class);

    static Stream<Named<JsonNode>> advantages() {
        return GoldenVectors.list("advantages")
                .map(vector -> Named.of(vector.path("name").asText(), vector));
    }

    @ParameterizedTest
    @MethodSource("advantages")
    void advantagesAndReturnsAreThoseOfTorch(JsonNode vector) {
        AdvantageEstimator estimator = GoldenVectors.subject(vector, "estimator", ESTIMATORS);
        Advantages found = estimator.estimate(new AdvantageInput(
                GoldenVectors.as(vector.path("tokenRewards"), float[][].class),
                GoldenVectors.as(vector.path("values"), float[][].class),
                GoldenVectors.as(vector.path("mask"), boolean[][].class),
                GoldenVectors.as(vector.path("groups"), int[].class)));
        assertClose("advantages", found.advantages(), GoldenVectors.as(vector.path("advantages"), float[][].class));
        assertClose("returns", found.returns(), GoldenVectors.as(vector.path("returns"), float[][].class));
    }
}
