package dev.rlhf.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.testing.BitEquality;
import dev.rlhf.testing.FakeGenerationServer;
import dev.rlhf.testing.FakeModel;
import dev.rlhf.testing.Fault;
import dev.rlhf.testing.RolloutEngineContract;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VllmRolloutEngineTest extends RolloutEngineContract {
    private static final int VOCABULARY = 9;

    private final FakeGenerationServer first = FakeGenerationServer.start("policy", VOCABULARY);
    private final FakeGenerationServer second = FakeGenerationServer.start("policy", VOCABULARY);
    private final VllmFleet fleet = fleet(first.endpoint(), second.endpoint());
    private final Published published = new Published();

    @AfterEach
    void stop() {
        fleet.close();
        first.close();
        second.close();
    }

    @Test
    void tokenIdsAndTheSamplingGoOutAsTheyAre() {
        Prompt prompt = new Prompt("p:1", "text that is not sent", new int[] {5, 8, 5}, Map.of());
        engine().generate(List.of(prompt), new SamplingParams(3, 0.7, 0.9, 4, 6), new Seed(1));
        JsonNode body = first.completions().get(1);
        assertThat(body.path("prompt").toString()).isEqualTo("[5,8,5]");
        assertThat(body.path("model").asText()).isEqualTo("policy");
        assertThat(body.path("n").asInt()).isEqualTo(3);
        assertThat(body.path("temperature").asDouble()).isEqualTo(0.7);
        assertThat(body.path("top_p").asDouble()).isEqualTo(0.9);
        assertThat(body.path("top_k").asInt()).isEqualTo(4);
        assertThat(body.path("max_tokens").asInt()).isEqualTo(6);
        assertThat(body.path("seed").asLong())
                .isEqualTo(new Seed(1).derive("prompt", 0).nonNegative());
        assertThat(body.path("return_token_ids").asBoolean()).isTrue();
    }

    @Test
    void promptsAreSpreadOverTheServers() {
        engine().generate(prompts(), SamplingParams.greedy(3), new Seed(1));
        assertThat(first.completions()).as("and the canary").hasSize(4);
        assertThat(second.completions()).as("and the canary").hasSize(3);
    }

    @Test
    void connectionsAreKeptFromStepToStep() {
        Fault together = new Fault.Slow(Duration.ofMillis(300));
        first.failAlways("/v1/completions", together);
        second.failAlways("/v1/completions", together);
        List<Prompt> many = IntStream.range(0, 40)
                .mapToObj(i -> new Prompt("p:" + i, "", new int[] {1}, Map.of()))
                .toList();

        for (int step = 0; step < 3; step++) {
            engine().generate(many, SamplingParams.greedy(2), new Seed(step));
        }

        assertThat(first.connections() + second.connections())
                .as("at most one a prompt, and one of each server's for other calls")
                .isLessThanOrEqualTo(many.size() + 2);
    }

    @Test
    void neitherServersNorPartsChangeASample() {
        SamplingParams sampling = new SamplingParams(2, 1, 1, 0, 4);
        List<RolloutGroup> whole = engine().generate(prompts(), sampling, new Seed(3));
        try (VllmFleet alone = fleet(second.endpoint())) {
            VllmRolloutEngine other = new VllmRolloutEngine(alone);
            List<RolloutGroup> parts = new ArrayList<>(share(other, 0, 2, sampling));
            parts.addAll(share(other, 2, 5, sampling));
            assertThat(parts).usingRecursiveComparison(BitEquality.exact()).isEqualTo(whole);
        }
    }

    @Test
    void whatShapesTheDistributionIsStatedAndNothingElse() {
        engine().generate(prompts().subList(0, 1), new SamplingParams(2, 0.7, 0.9, 4, 6), new Seed(1));
        JsonNode body = first.completions().get(first.completions().size() - 1);
        List<String> keys = new ArrayList<>();
        body.fieldNames().forEachRemaining(keys::add);
        assertThat(keys)
                .containsExactlyInAnyOrder(
                        "prompt",
                        "model",
                        "n",
                        "seed",
                        "temperature",
                        "top_p",
                        "top_k",
                        "min_p",
                        "repetition_penalty",
                        "presence_penalty",
                        "frequency_penalty",
                        "min_tokens",
                        "max_tokens",
                        "stop_token_ids",
                        "ignore_eos",
                        "logprobs",
                        "return_token_ids");
        assertThat(body.path("repetition_penalty").asDouble()).isEqualTo(1);
        assertThat(body.path("stop_token_ids").toString()).isEqualTo("[0,7]");
        assertThat(body.path("ignore_eos").asBoolean())
                .as("those end it, and no others")
                .isTrue();
    }

    @Test
    void eachShareAsksEachServerForItsVersionOnceBeforeAndOnceAfter() {
        engine().generate(prompts(), SamplingParams.greedy(3), new Seed(1));
        for (FakeGenerationServer server : List.of(first, second)) {
            List<String> requests = server.requests();
            List<String> share = requests.subList(requests.lastIndexOf("POST /resume") + 1, requests.size());
            assertThat(share).as("after the canary").startsWith("POST /v1/completions", "GET /weight_info");
            assertThat(share.subList(2, share.size()))
                    .startsWith("GET /weight_info", "POST /v1/completions")
                    .endsWith("POST /v1/completions", "GET /weight_info")
                    .filteredOn("GET /weight_info"::equals)
                    .hasSize(2);
        }
    }

    private List<RolloutGroup> share(VllmRolloutEngine engine, int from, int to, SamplingParams sampling) {
        return engine.generate(
                new VllmRolloutEngine.Share(prompts().subList(from, to), from),
                sampling,
                new Seed(3),
                TestServers.weights("/models/0", 1),
                deadline());
    }

    @Override
    protected Canary canary(int number) {
        return new FakeModel(VOCABULARY, "/models/" + number).canary(3, 1, 4, 1, 5, 8);
    }

    @Override
    protected RolloutEngine engine() {
        return published;
    }

    @Override
    protected WeightPublisher publisher() {
        return published;
    }

    /** Asks for samples from the weights published last, as a rollout client does. */
    private final class Published implements RolloutEngine, WeightPublisher {
        private Optional<WeightSnapshot> weights = Optional.empty();

        @Override
        public List<RolloutGroup> generate(List<Prompt> asked, SamplingParams sampling, Seed seed) {
            return new VllmRolloutEngine(fleet)
                    .generate(new VllmRolloutEngine.Share(asked, 0), sampling, seed, weights.orElseThrow(), deadline());
        }

        @Override
        public double publish(WeightSnapshot snapshot) {
            weights = Optional.of(snapshot);
            return fleet.publish(snapshot, deadline());
        }
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(100));
    }

    @Override
    protected Path model(int number) {
        return Path.of("/models/" + number);
    }

    @Override
    protected List<Prompt> prompts() {
        return IntStream.range(1, 6)
                .mapToObj(token -> new Prompt("p:" + token, "p", new int[] {token, token + 1}, Map.of()))
                .toList();
    }

    @Override
    protected int unknownToken() {
        return VOCABULARY;
    }

    @Override
    protected int endToken() {
        return 0;
    }

    private static VllmFleet fleet(URI... endpoints) {
        return new VllmFleet(TestServers.settings(Duration.ofSeconds(100), endpoints));
    }
}
