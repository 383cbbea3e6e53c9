package dev.rlhf.rollout;

import static dev.rlhf.rollout.TestServers.fleet;
import static dev.rlhf.rollout.TestServers.port;
import static dev.rlhf.rollout.TestServers.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.testing.Failures;
import dev.rlhf.testing.FakeGenerationServer;
import dev.rlhf.testing.Fault;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class WeightPublicationTest {
    private static final String RELOAD = "/collective_rpc";
    private static final String LABEL = "/update_weight_version";
    private static final WeightSnapshot SEVENTH = weights("/models/seventh", 7);
    private static final WeightSnapshot EIGHTH = weights("/models/eighth", 8);

    private final FakeGenerationServer first = FakeGenerationServer.start("policy", TestServers.VOCABULARY);
    private final FakeGenerationServer second = FakeGenerationServer.start("policy", TestServers.VOCABULARY);
    private final VllmFleet fleet = fleet(Duration.ofSeconds(4), first, second);

    @AfterEach
    void stop() {
        fleet.close();
        first.close();
        second.close();
    }

    @Test
    void everyServerIsPausedReloadedLabelledResumedAndShowsWhatItHas() {
        assertThat(publish(SEVENTH)).isLessThan(1e-5);
        for (FakeGenerationServer server : List.of(first, second)) {
            assertThat(server.requests())
                    .containsExactly(
                            "GET /health",
                            "POST /pause",
                            "POST " + RELOAD,
                            "POST /reset_prefix_cache",
                            "POST " + LABEL,
                            "GET /is_paused",
                            "POST /resume",
                            "POST /v1/completions",
                            "GET /weight_info");
        }
        assertThat(holds(7)).isTrue();
        assertThat(holds(8)).isFalse();
    }

    @Test
    void aPassingFaultOnTheWayStartsTheUnitOver() {
        first.fail("/pause", new Fault.Status(500, "no"));
        first.fail(RELOAD, new Fault.Dropped());
        second.fail("/resume", new Fault.Status(503, "no"));
        publish(SEVENTH);
        assertThat(holds(7)).isTrue();
        assertThat(second.isPaused()).isFalse();
        assertThat(first.requests(RELOAD)).isEqualTo(2);
    }

    /** A server that is started anew at any point of the unit must not keep its start-up weights under the new name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/pause",
                RELOAD,
                "/reset_prefix_cache",
                LABEL,
                "/is_paused",
                "/resume",
                "/v1/completions",
                "/weight_info"
            })
    void aServerKilledOnTheWayIsGivenTheWeightsAnew(String route) {
        for (Fault fault : List.of(new Fault.Killed(), new Fault.KilledAfter())) {
            int kills = first.kills();
            first.fail(route, fault);
            publish(SEVENTH);
            assertThat(first.kills()).as("the fault fired").isEqualTo(kills + 1);
            assertThat(holds(7)).isTrue();
            assertThat(first.weights()).isEqualTo("/models/seventh");
            assertThat(first.isPaused()).isFalse();
        }
    }

    @Test
    void aServerStartedAnewInSilenceBetweenReloadAndLabelIsGivenTheWeightsAnew() {
        first.fail(LABEL, new Fault.Replaced());
        publish(SEVENTH);
        assertThat(first.kills()).isEqualTo(1);
        assertThat(first.weights()).isEqualTo("/models/seventh");
        assertThat(first.requests(RELOAD)).isEqualTo(2);
    }

    @Test
    void aServerThatKeepsACopyOfItsWeightsIsRefusedWithTheReason() {
        publish(SEVENTH);
        second.keepWeights();
        assertFails(EIGHTH, ErrorKind.RESOURCE, port(second), "v000008", "log-probs", "copy of some weights");
        assertThat(holds(8)).isFalse();
    }

    @Test
    void aServerThatIsStartedAnewIsFoundOutAndServedAgain() {
        publish(SEVENTH);
        second.restart();
        assertThat(holds(7)).isFalse();
        long before = first.requests(RELOAD);
        fleet.ensure(SEVENTH, deadline());
        assertThat(holds(7)).isTrue();
        assertThat(first.requests(RELOAD)).as("who has them is left alone").isEqualTo(before);
    }

    @Test
    void aServerThatCannotLoadIsResumedWithItsOldWeightsAndNamed() {
        publish(SEVENTH);
        second.failAlways(RELOAD, new Fault.Status(400, "cannot read it"));
        assertFails(EIGHTH, ErrorKind.RESOURCE, port(second), "cannot read it", "/models/eighth", "same path");
        assertThat(second.isPaused()).isFalse();
        assertThat(holds(8)).isFalse();
        second.mend(RELOAD);
        publish(EIGHTH);
        assertThat(holds(8)).isTrue();
    }

    @Test
    void theFirstFailureIsToldWhenTheServerCannotBeResumedEither() {
        second.failAlways(RELOAD, new Fault.Status(500, "out of memory"));
        second.failAlways("/resume", new Fault.Status(500, "the engine is gone"));
        assertFails(SEVENTH, ErrorKind.RESOURCE, port(second), "out of memory", "3 times");
        assertThat(second.requests(RELOAD)).isEqualTo(3);
    }

    @Test
    void aServerThatKeepsItsOldLabelIsFoundOut() {
        publish(SEVENTH);
        second.forgetVersions();
        assertFails(EIGHTH, ErrorKind.RESOURCE, port(second), "v000008", "says it has 'v000007");
    }

    @Test
    void aServerWithALabelOfItsOwnIsFoundOut() {
        second.failAlways("/weight_info", new Fault.Body("{\"weight_version\":\"v000007\"}"));
        assertFails(SEVENTH, ErrorKind.RESOURCE, port(second), "says it has 'v000007'");
    }

    @Test
    void aServerWithoutItsRoutesForTrainingIsToldHowToStart() {
        second.failAlways("/pause", new Fault.Status(404, "Not Found"));
        assertFails(SEVENTH, ErrorKind.RESOURCE, port(second), "VLLM_SERVER_DEV_MODE=1");
    }

    @Test
    void aFailureWaitsForTheOtherServers() {
        first.failAlways(RELOAD, new Fault.Status(400, "no"));
        second.fail(RELOAD, new Fault.Slow(Duration.ofMillis(400)));
        assertFails(SEVENTH, ErrorKind.RESOURCE, port(first));
        assertThat(second.requests()).endsWith("POST /v1/completions", "GET /weight_info");
    }

    private boolean holds(long version) {
        return fleet.holding(new WeightVersion(version), deadline()).stream().allMatch(held -> held);
    }

    private double publish(WeightSnapshot weights) {
        return fleet.publish(weights, deadline());
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(4));
    }

    private void assertFails(WeightSnapshot weights, ErrorKind kind, String... words) {
        Failures.assertFails(() -> publish(weights), kind, words);
    }
}
