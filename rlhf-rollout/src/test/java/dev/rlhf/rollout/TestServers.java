package dev.rlhf.rollout;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.testing.FakeGenerationServer;
import dev.rlhf.testing.FakeModel;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Fake servers as the code under test is told of them. */
final class TestServers {
    static final int VOCABULARY = 9;

    private TestServers() {}

    static ServerSettings settings(Duration deadline, URI... endpoints) {
        return new ServerSettings(List.of(endpoints), "policy", Optional.empty(), List.of(0, 7), deadline);
    }

    static VllmFleet fleet(Duration deadline, FakeGenerationServer... servers) {
        return new VllmFleet(settings(
                deadline, Stream.of(servers).map(FakeGenerationServer::endpoint).toArray(URI[]::new)));
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
