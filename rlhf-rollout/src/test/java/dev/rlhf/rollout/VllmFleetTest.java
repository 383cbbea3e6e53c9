package dev.rlhf.rollout;

import static dev.rlhf.rollout.TestServers.PROMPTS;
import static dev.rlhf.rollout.TestServers.generate;
import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.ServerNeeds;
import dev.rlhf.testing.BitEquality;
import dev.rlhf.testing.FakeGenerationServer;
import dev.rlhf.testing.Fault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client makes of a server that misbehaves. */
@Timeout(300)
class VllmFleetTest {
    private static final String COMPLETIONS = "/v1/completions";
    private static final Duration SHORT = Duration.ofMillis(700);

    private final FakeGenerationServer server = FakeGenerationServer.start("policy", 9);

    @AfterEach
    void stop() {
        server.close();
    }

    static List<Fault> passingFaults() {
        return List.of(
                new Fault.Status(500, "out of luck"),
                new Fault.Status(503, "loading"),
                new Fault.Status(429, "too many requests"),
                new Fault.Status(408, "slow down"),
                new Fault.Dropped(),
                new Fault.Torn(),
                new Fault.Body("<html>proxy</html>"),
                new Fault.Body("{\"choices\":[{\"index\":0,\"token_ids\":[1],\"finish_reason\":\"abort\","
                        + "\"logprobs\":{\"token_logprobs\":[-1]}},{\"index\":1,\"token_ids\":[1],"
                        + "\"finish_reason\":\"abort\",\"logprobs\":{\"token_logprobs\":[-1]}}]}"));
    }

    @ParameterizedTest
    @MethodSource("passingFaults")
    void aPassingFaultIsRetriedAndLeavesNoTrace(Fault fault) {
        try (VllmFleet fleet = fleet(Duration.ofSeconds(100))) {
            List<RolloutGroup> expected = generate(fleet);
            server.fail(COMPLETIONS, fault, fault);
            long before = server.requests(COMPLETIONS);
            assertThat(generate(fleet))
                    .usingRecursiveComparison(BitEquality.exact())
                    .isEqualTo(expected);
            assertThat(server.requests(COMPLETIONS) - before).isEqualTo(PROMPTS.size() + 2);
        }
    }

    @Test
    void aFaultThatDoesNotPassEndsAtTheDeadlineWithItsReason() {
        try (VllmFleet fleet = fleet(SHORT)) {
            server.failAlways(COMPLETIONS, new Fault.Status(503, "the engine is dead"));
            assertFails(
                    () -> generate(fleet),
                    ErrorKind.RESOURCE,
                    "" + server.endpoint().getPort(),
                    COMPLETIONS,
                    "503",
                    "the engine is dead",
                    "tried for 0.7 s");
            assertThat(server.requests(COMPLETIONS)).isGreaterThan(PROMPTS.size());
        }
    }

    @Test
    void aSlowServerEndsAtTheDeadlineNotAtTwiceTheDeadline() {
        try (VllmFleet fleet = fleet(Duration.ofSeconds(3))) {
            server.failAlways(COMPLETIONS, new Fault.Slow(Duration.ofMinutes(1)));
            // After pauses of 50 to 800 ms the sixth attempt begins late and must not get a whole deadline of its own.
            Fault loading = new Fault.Status(503, "loading");
            server.fail(COMPLETIONS, loading, loading, loading, loading, loading);
            long begin = System.nanoTime();
            assertFails(() -> generate(fleet, PROMPTS.subList(0, 1)), ErrorKind.RESOURCE, COMPLETIONS, "tried for 3 s");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(4400));
        }
    }

    @Test
    void aServerThatIsNotThereIsNamed() {
        URI nobody = URI.create("http://127.0.0.1:1");
        assertFails(
                () -> new VllmFleet(TestServers.settings(SHORT, nobody)),
                ErrorKind.RESOURCE,
                "http://127.0.0.1:1",
                "/health");
    }

    @Test
    void anAddressThatIsNoneIsTheUsersMistake() {
        URI strange = URI.create("ftp://127.0.0.1");
        assertFails(
                () -> new VllmFleet(TestServers.settings(SHORT, strange)),
                ErrorKind.USER,
                "ftp://127.0.0.1",
                "http://host:port");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422})
    void aRefusalIsTheUsersMistakeInTheServersWordsAndNotRepeated(int status) {
        try (VllmFleet fleet = fleet(SHORT)) {
            server.fail(COMPLETIONS, new Fault.Status(status, "This model's maximum context length is 8 tokens."));
            long before = server.requests(COMPLETIONS);
            assertFails(
                    () -> generate(fleet),
                    ErrorKind.USER,
                    String.valueOf(status),
                    "prompt p:",
                    "This model's maximum context length is 8 tokens.");
            assertThat(server.requests(COMPLETIONS) - before).isEqualTo(PROMPTS.size());
        }
    }

    @Test
    void aModelOfAnotherNameIsTheUsersMistake() {
        ServerSettings other =
                new ServerSettings(List.of(server.endpoint()), "other", Optional.empty(), List.of(), SHORT);
        try (VllmFleet fleet = new VllmFleet(other)) {
            assertFails(
                    () -> fleet.require(ServerNeeds.NONE, Deadline.in(SHORT)),
                    ErrorKind.USER,
                    "no model 'other', but policy",
                    "generation.model-name");
        }
    }

    static List<String> answersThatLack() {
        return List.of(
                "{\"choices\":[]}",
                choices("{\"token_ids\":[1,2],\"logprobs\":{\"token_logprobs\":[-1]},\"finish_reason\":\"stop\"}"),
                choices("{\"token_ids\":[],\"logprobs\":{\"token_logprobs\":[]},\"finish_reason\":\"stop\"}"),
                choices("{\"logprobs\":{\"token_logprobs\":[-1]},\"finish_reason\":\"stop\"}"),
                choices("{\"token_ids\":[1],\"logprobs\":{\"token_logprobs\":[null]},\"finish_reason\":\"stop\"}"),
                choices("{\"token_ids\":[1],\"logprobs\":{\"token_logprobs\":[0.5]},\"finish_reason\":\"stop\"}"),
                choices("{\"token_ids\":[1,1,1,1,1],\"logprobs\":{\"token_logprobs\":[-1,-1,-1,-1,-1]},"
                        + "\"finish_reason\":\"length\"}"),
                choices("{\"token_ids\":[1,1],\"logprobs\":{\"token_logprobs\":[-1,-1]},\"finish_reason\":\"length\"}"),
                choices("{\"token_ids\":[1],\"logprobs\":null,\"finish_reason\":\"stop\"}"));
    }

    @ParameterizedTest
    @MethodSource("answersThatLack")
    void anAnswerThatLacksWhatWasAskedForIsTheServersFault(String body) {
        try (VllmFleet fleet = fleet(SHORT)) {
            server.failAlways(COMPLETIONS, new Fault.Body(body));
            assertFails(
                    () -> generate(fleet),
                    ErrorKind.RESOURCE,
                    "p:1",
                    "" + server.endpoint().getPort());
        }
    }

    @Test
    void aReaderThatFailsEndsTheWait() {
        try (VllmFleet fleet = fleet(Duration.ofSeconds(100))) {
            CompletableFuture<String> answer = fleet.endpoints()
                    .get(0)
                    .client()
                    .complete(JsonNodeFactory.instance.objectNode(), Deadline.in(SHORT), json -> {
                        throw new IllegalStateException("unforeseen");
                    });
            assertFails(() -> VllmFleet.awaitAll(List.of(answer)), ErrorKind.BUG, "unforeseen");
        }
    }

    @Test
    void oneFailureWaitsForWhatIsOnItsWay() {
        try (VllmFleet fleet = fleet(Duration.ofSeconds(100))) {
            server.fail(COMPLETIONS, new Fault.Status(400, "no"), new Fault.Slow(Duration.ofMillis(400)));
            long begin = System.nanoTime();
            assertFails(() -> generate(fleet), ErrorKind.USER, "no");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(390));
        }
    }

    @Test
    void aKeyIsSentAndNeverTold() {
        ServerSettings keyed =
                new ServerSettings(List.of(server.endpoint()), "policy", Optional.of("s3cret"), List.of(), SHORT);
        assertThat(keyed.toString()).doesNotContain("s3cret");
        try (VllmFleet fleet = new VllmFleet(keyed)) {
            server.failAlways("/v1/models", new Fault.Status(401, "Unauthorized"));
            assertFails(() -> fleet.require(ServerNeeds.NONE, Deadline.in(SHORT)), ErrorKind.RESOURCE, "VLLM_API_KEY");
            assertThat(server.authorizations()).containsOnly("Bearer s3cret");
        }
    }

    @Test
    void aServerThatAKilledRunHasLeftPausedIsResumedBeforeItIsAsked() {
        try (VllmFleet fleet = fleet(SHORT)) {
            server.pause();
            fleet.require(ServerNeeds.NONE, Deadline.in(SHORT));
            assertThat(server.isPaused()).isFalse();
        }
    }

    @Test
    void aContextThatIsTooShortIsFoundBeforeTheRun() {
        server.takeAtMost(12);
        try (VllmFleet fleet = fleet(SHORT)) {
            fleet.require(new ServerNeeds(12, 1, false), Deadline.in(SHORT));
            assertFails(
                    () -> fleet.require(new ServerNeeds(13, 1, false), Deadline.in(SHORT)),
                    ErrorKind.RESOURCE,
                    "at most 12 tokens",
                    "--max-model-len 13");
        }
    }

    @Test
    void aServerErrorInTheSameWordsIsNotRepeatedForEver() {
        try (VllmFleet fleet = fleet(Duration.ofSeconds(100))) {
            server.failAlways(COMPLETIONS, new Fault.Status(500, "KeyError"));
            long before = server.requests(COMPLETIONS);
            assertFails(() -> generate(fleet), ErrorKind.RESOURCE, "KeyError", "3 times in the same words");
            assertThat(server.requests(COMPLETIONS) - before).isEqualTo(3L * PROMPTS.size());
        }
    }

    private VllmFleet fleet(Duration deadline) {
        return TestServers.loaded(deadline, server);
    }

    private static String choices(String choice) {
        return "{\"choices\":[" + choice + "," + choice + "]}";
    }
}
