package dev.rlhf.rollout;

import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.testing.FakeGenerationServer;
import dev.rlhf.testing.FakeModel;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Fake servers as the code under test is told of them. */
final class TestServers {
    static final int VOCABULARY = 9;
    static final List<Prompt> PROMPTS = List.of(prompt("p:1", 3), prompt("p:2", 4), prompt("p:3", 5));
    private static final SamplingParams SAMPLING = new SamplingParams(2, 1, 1, 0, 4);
    private static final WeightSnapshot FIRST = weights("/models/first", 4);

    private TestServers() {}

    static ServerSettings settings(Duration deadline, URI... endpoints) {
        return new ServerSettings(List.of(endpoints), "policy", Optional.empty(), List.of(0, 7), deadline);
    }

    static VllmFleet fleet(Duration deadline, FakeGenerationServer... servers) {
        return new VllmFleet(settings(
                deadline, Stream.of(servers).map(FakeGenerationServer::endpoint).toArray(URI[]::new)));
    }

    /** A fleet whose servers have the weights of {@code /models/first}. */
    static VllmFleet loaded(Duration deadline, FakeGenerationServer... servers) {
        VllmFleet fleet = fleet(deadline, servers);
        fleet.publish(FIRST, Deadline.in(Duration.ofSeconds(100)));
        return fleet;
    }

    /** Samples of all prompts from those weights. */
    static List<RolloutGroup> generate(VllmFleet fleet) {
        return generate(fleet, PROMPTS);
    }

    /** Samples of some prompts from those weights. */
    static List<RolloutGroup> generate(VllmFleet fleet, List<Prompt> asked) {
        VllmRolloutEngine engine = new VllmRolloutEngine(fleet);
        Deadline deadline = Deadline.in(fleet.settings().deadline());
        return engine.generate(new VllmRolloutEngine.Share(asked, 0), SAMPLING, new Seed(1), FIRST, deadline);
    }

    private static Prompt prompt(String id, int token) {
        return new Prompt(id, id, new int[] {token}, Map.of());
    }

    /** Weights whose canary a fake server that has loaded them meets. */
    static WeightSnapshot weights(String directory, long version) {
        return new WeightSnapshot(
                Path.of(directory),
                new WeightVersion(version),
                new FakeModel(VOCABULARY, directory).canary(3, 1, 4, 1, 5, 8));
    }

    static String port(FakeGenerationServer server) {
        return ":" + server.endpoint().getPort();
    }
}
