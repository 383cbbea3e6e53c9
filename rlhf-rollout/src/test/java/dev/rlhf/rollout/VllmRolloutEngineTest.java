package dev.rlhf.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.testing.BitEquality;
import dev.rlhf.testing.FakeGenerationServer;
import dev.rlhf.testing.Fault;
import dev.rlhf.testing.RolloutEngineContract;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VllmRolloutEngineTest extends RolloutEngineContract {
    private static final int VOCABULARY = 9;

    private final FakeGenerationServer first = FakeGenerationServer.start("policy", VOCABULARY);
    private final FakeGenerationServer second = FakeGenerationServer.start("policy", VOCABULARY);
    private final VllmFleet fleet = fleet(first.endpoint(), second.endpoint());

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
        JsonNode body = first.completions().get(0);
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
        assertThat(first.completions()).hasSize(3);
        assertThat(second.completions()).hasSize(2);
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
            List<RolloutGroup> parts =
                    new ArrayList<>(other.generate(prompts().subList(0, 2), sampling, new Seed(3), 0));
            parts.addAll(other.generate(prompts().subList(2, 5), sampling, new Seed(3), 2));
            assertThat(parts).usingRecursiveComparison(BitEquality.EXACT).isEqualTo(whole);
        }
    }

    @Test
    void aServerWithoutAVersionIsAskedForNothing() {
        try (FakeGenerationServer fresh = FakeGenerationServer.start("policy", VOCABULARY);
                VllmFleet unnamed = fleet(fresh.endpoint())) {
            VllmRolloutEngine engine = new VllmRolloutEngine(unnamed);
            assertThatThrownBy(() -> engine.generate(prompts(), SamplingParams.greedy(3), new Seed(1)))
                    .isInstanceOfSatisfying(
                            RlhfException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                    .hasMessageContaining("does not say which weights it has");
            assertThat(fresh.completions()).isEmpty();
            assertThat(unnamed.serves(new WeightVersion(1))).isFalse();
        }
    }

    @Override
    protected RolloutEngine engine() {
        return new VllmRolloutEngine(fleet);
    }

    @Override
    protected WeightPublisher publisher() {
        return new VllmWeightPublisher(fleet);
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
        return new VllmFleet(List.of(endpoints), "policy", Duration.ofSeconds(100));
    }
}
