package dev.rlhf.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.testing.BitEquality;
import dev.rlhf.testing.Failures;
import dev.rlhf.testing.FakeGenerationServer;
import dev.rlhf.testing.FakeModel;
import dev.rlhf.testing.Fault;
import dev.rlhf.testing.RolloutEngineContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rollout actors before servers that fail on demand. */
@Timeout(300)
class RolloutClientTest extends RolloutEngineContract {
    private static final int VOCABULARY = 9;
    private static final SamplingParams SAMPLING = new SamplingParams(3, 1, 1, 0, 5);
    private static final Seed SEED = new Seed(4);
    private static final WeightVersion VERSION = new WeightVersion(1);

    private final List<FakeGenerationServer> servers = IntStream.range(0, 3)
            .mapToObj(i -> FakeGenerationServer.start("policy", VOCABULARY))
            .toList();
    private final InProcessRuntime runtime = new InProcessRuntime();
    private final List<ActorHandle> actors = IntStream.range(0, 3)
            .mapToObj(i -> runtime.spawn(RolloutActor.ROLE, "rollout-" + i, settings(servers.get(i))))
            .toList();
    private final RolloutClient client = client(3);

    @AfterEach
    void close() {
        runtime.close();
        servers.forEach(FakeGenerationServer::close);
    }

    @Test
    void theNumberOfActorsChangesNoSample() {
        List<RolloutGroup> three = client.generate(prompts(), SAMPLING, SEED);
        for (int count : new int[] {1, 2}) {
            RolloutClient fewer = client(count);
            fewer.publish(weights(0, VERSION));
            assertThat(fewer.generate(prompts(), SAMPLING, SEED))
                    .usingRecursiveComparison(BitEquality.exact())
                    .isEqualTo(three);
        }
    }

    @Test
    void theShareOfALostActorIsAskedForAgain() {
        List<RolloutGroup> undisturbed = client.generate(prompts(), SAMPLING, SEED);
        FakeGenerationServer slow = servers.get(1);
        long before = slow.requests("/v1/completions");
        slow.failAlways("/v1/completions", new Fault.Slow(Duration.ofSeconds(100)));
        CompletableFuture<List<RolloutGroup>> groups =
                CompletableFuture.supplyAsync(() -> client.generate(prompts(), SAMPLING, SEED));
        slow.awaitRequests("/v1/completions", before + 1);
        slow.mend("/v1/completions");
        actors.get(1).kill();
        assertThat(groups.join()).usingRecursiveComparison(BitEquality.exact()).isEqualTo(undisturbed);
    }

    @Test
    void aServerThatForgotItsWeightsIsGivenThemBeforeItDraws() {
        List<RolloutGroup> undisturbed = client.generate(prompts(), SAMPLING, SEED);
        long before = servers.get(2).requests("/collective_rpc");
        servers.get(2).claim("default");
        assertThat(client.generate(prompts(), SAMPLING, SEED))
                .usingRecursiveComparison(BitEquality.exact())
                .isEqualTo(undisturbed);
        assertThat(servers.get(2).requests("/collective_rpc")).isEqualTo(before + 1);
        assertThat(servers.get(1).requests("/collective_rpc")).isEqualTo(before);
    }

    @Test
    void aServerThatDoesNotTakeTheWeightsDrawsNothing() {
        servers.get(0).forgetVersions();
        assertThatThrownBy(() -> client.publish(weights(1, VERSION.next())))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                .hasMessageContaining("says it has 'v000001");
        assertThatThrownBy(() -> client.generate(prompts(), SAMPLING, SEED))
                .hasMessageContaining("says it has 'v000001");
        assertThat(servers.get(0).completions())
                .as("the canary alone")
                .allSatisfy(body -> assertThat(body.has("prompt_logprobs")).isTrue());
    }

    @Test
    void samplesBeforeWeightsAreABug() {
        assertThatThrownBy(() -> client(1).generate(prompts(), SAMPLING, SEED))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.BUG))
                .hasMessageContaining("before weights were published");
    }

    @Override
    protected RolloutEngine engine() {
        return client;
    }

    @Override
    protected WeightPublisher publisher() {
        return client;
    }

    @Override
    protected Path model(int number) {
        return Path.of("/models/" + number);
    }

    @Override
    protected List<Prompt> prompts() {
        return IntStream.range(1, 8)
                .mapToObj(token -> new Prompt("p:" + token, "p", new int[] {token}, Map.of()))
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

    /** The actor knows which server it waits for, so it must stop waiting first. */
    @Test
    void theInnerDeadlineFiresBeforeTheOuterAndNamesTheServer() {
        servers.get(1).failAlways("/v1/completions", new Fault.Slow(Duration.ofMinutes(5)));
        RolloutClient hasty = new RolloutClient(actors, Duration.ofSeconds(4));
        Failures.assertFails(
                () -> {
                    hasty.publish(weights(0, VERSION));
                    hasty.generate(prompts(), SAMPLING, SEED);
                },
                ErrorKind.RESOURCE,
                ":" + servers.get(1).endpoint().getPort());
    }

    @Override
    protected Canary canary(int number) {
        return new FakeModel(VOCABULARY, "/models/" + number).canary(3, 1, 4, 8);
    }

    private WeightSnapshot weights(int number, WeightVersion version) {
        return new WeightSnapshot(model(number), version, canary(number));
    }

    private RolloutClient client(int count) {
        return new RolloutClient(actors.subList(0, count), Duration.ofMinutes(5));
    }

    private static byte[] settings(FakeGenerationServer server) {
        return new RolloutSettings(
                        new GenerationPlace.Remote(List.of(server.endpoint()), "policy"), List.of(0), null, 150)
                .bytes();
    }
}
