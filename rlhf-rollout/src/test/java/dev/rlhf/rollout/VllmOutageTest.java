package dev.rlhf.rollout;

import static dev.rlhf.rollout.TestServers.PROMPTS;
import static dev.rlhf.rollout.TestServers.generate;
import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.testing.BitEquality;
import dev.rlhf.testing.FakeGenerationServer;
import dev.rlhf.testing.Fault;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of samples while a server is away or is started anew. */
@Timeout(300)
class VllmOutageTest {
    private static final String COMPLETIONS = "/v1/completions";
    private static final Duration SHORT = Duration.ofMillis(700);

    private final FakeGenerationServer server = FakeGenerationServer.start("policy", 9);

    @AfterEach
    void stop() {
        server.close();
    }

    /** The worst that can happen to a sample: its server was killed, and the new process answers from start-up weights. */
    @Test
    void samplesOfAServerThatWasStartedAnewAreDrawnAgain() {
        try (VllmFleet fleet = fleet(Duration.ofSeconds(100))) {
            List<RolloutGroup> expected = generate(fleet);
            for (Fault fault : List.of(new Fault.Killed(), new Fault.KilledAfter(), new Fault.Replaced())) {
                int kills = server.kills();
                server.fail(COMPLETIONS, fault);
                assertThat(generate(fleet))
                        .usingRecursiveComparison(BitEquality.exact())
                        .isEqualTo(expected);
                assertThat(server.kills()).as("the fault fired").isEqualTo(kills + 1);
                assertThat(server.weights()).isEqualTo("/models/first");
            }
        }
    }

    @Test
    void aServerThatIsStartedAnewTimeAndAgainIsGivenUp() {
        try (VllmFleet fleet = fleet(Duration.ofSeconds(100))) {
            server.failAlways(COMPLETIONS, new Fault.Replaced());
            assertFails(() -> generate(fleet), ErrorKind.RESOURCE, TestServers.port(server), "says it has 'default'");
        }
    }

    /** A process that dies says why once, and then nothing. */
    @Test
    void whatAServerSaidBeforeItWentSilentIsTold() {
        try (VllmFleet fleet = fleet(SHORT)) {
            server.fail(COMPLETIONS, new Fault.Status(500, "the engine is dead"));
            server.failAlways(COMPLETIONS, new Fault.Dropped());
            assertFails(
                    () -> generate(fleet, PROMPTS.subList(0, 1)),
                    ErrorKind.RESOURCE,
                    "before that",
                    "answered 500: the engine is dead",
                    "tried for 0.7 s");
        }
    }

    @Test
    void anOutageIsLoggedOnceHoweverManyRequestsItEnds() {
        try (VllmFleet fleet = fleet(Duration.ofSeconds(100));
                LogLines log = LogLines.of(Outage.class)) {
            Fault loading = new Fault.Status(503, "loading");
            server.fail(COMPLETIONS, loading, loading, loading, loading);
            generate(fleet, PROMPTS.subList(0, 1));
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(0)).contains("asking again", "503", "loading");
            assertThat(log.lines().get(1)).contains("answers again after");
        }
    }

    private VllmFleet fleet(Duration deadline) {
        return TestServers.loaded(deadline, server);
    }
}
