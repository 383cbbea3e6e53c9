package dev.rlhf.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.testing.Failures;
import dev.rlhf.testing.FakeGenerationServer;
import dev.rlhf.testing.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class VllmWeightPublisherTest {
    private static final String RELOAD = "/collective_rpc";
    private static final Path MODEL = Path.of("/models/seventh");
    private static final WeightVersion VERSION = new WeightVersion(7);

    private final FakeGenerationServer first = FakeGenerationServer.start("policy", 9);
    private final FakeGenerationServer second = FakeGenerationServer.start("policy", 9);
    private final VllmFleet fleet =
            new VllmFleet(List.of(first.endpoint(), second.endpoint()), "policy", Duration.ofSeconds(3));
    private final VllmWeightPublisher publisher = new VllmWeightPublisher(fleet);

    @AfterEach
    void stop() {
        fleet.close();
        first.close();
        second.close();
    }

    @Test
    void everyServerIsPausedReloadedNamedResumedAndReadBack() {
        publisher.publish(MODEL, VERSION);
        for (FakeGenerationServer server : List.of(first, second)) {
            assertThat(server.requests())
                    .containsExactly(
                            "GET /health",
                            "POST /pause",
                            "POST " + RELOAD,
                            "POST /reset_prefix_cache",
                            "POST /update_weight_version",
                            "POST /resume",
                            "GET /weight_info");
        }
        assertThat(fleet.serves(VERSION)).isTrue();
        assertThat(fleet.serves(VERSION.next())).isFalse();
    }

    @Test
    void aPassingFaultOnTheWayIsRetried() {
        first.fail("/pause", new Fault.Status(500, "no"));
        first.fail(RELOAD, new Fault.Dropped());
        second.fail("/resume", new Fault.Status(503, "no"));
        publisher.publish(MODEL, VERSION);
        assertThat(fleet.serves(VERSION)).isTrue();
        assertThat(second.isPaused()).isFalse();
    }

    @Test
    void aServerThatCannotLoadIsResumedWithItsOldWeightsAndNamed() {
        publisher.publish(MODEL, VERSION);
        second.failAlways(RELOAD, new Fault.Status(400, "cannot read /models/eighth"));
        assertFails(VERSION.next(), ErrorKind.USER, port(second), "cannot read /models/eighth");
        assertThat(second.isPaused()).isFalse();
        assertThat(fleet.serves(VERSION.next())).isFalse();
        second.mend(RELOAD);
        publisher.publish(MODEL, VERSION.next());
        assertThat(fleet.serves(VERSION.next())).isTrue();
    }

    @Test
    void theFirstFailureIsToldWhenTheServerCannotBeResumedEither() {
        second.failAlways(RELOAD, new Fault.Status(500, "out of memory"));
        second.failAlways("/resume", new Fault.Status(500, "the engine is gone"));
        assertFails(VERSION, ErrorKind.RESOURCE, port(second), "out of memory");
    }

    @Test
    void aServerThatKeepsItsOldVersionIsFoundOut() {
        publisher.publish(MODEL, VERSION);
        second.forgetVersions();
        assertFails(VERSION.next(), ErrorKind.RESOURCE, port(second), "v000008", "says it has v000007");
    }

    @Test
    void aServerThatNamesAVersionOfItsOwnIsFoundOut() {
        second.failAlways("/weight_info", new Fault.Body("{\"weight_version\":\"default\"}"));
        assertFails(VERSION, ErrorKind.RESOURCE, port(second), "says it has none");
    }

    @Test
    void aFailureWaitsForTheOtherServers() {
        first.failAlways(RELOAD, new Fault.Status(400, "no"));
        second.fail(RELOAD, new Fault.Slow(Duration.ofMillis(400)));
        assertFails(VERSION, ErrorKind.USER, port(first));
        assertThat(second.requests()).endsWith("POST /resume", "GET /weight_info");
    }

    private void assertFails(WeightVersion version, ErrorKind kind, String... words) {
        Failures.assertFails(() -> publisher.publish(MODEL, version), kind, words);
    }

    private static String port(FakeGenerationServer server) {
        return ":" + server.endpoint().getPort();
    }
}
