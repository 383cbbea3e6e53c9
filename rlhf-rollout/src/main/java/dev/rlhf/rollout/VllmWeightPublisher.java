package dev.rlhf.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.sync.WeightPublisher;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Loads a model directory into every server: pause → reload → forget caches → name the version → resume → read the version back. */
public final class VllmWeightPublisher implements WeightPublisher {
    private final VllmFleet fleet;

    /** A publisher to the servers of {@code fleet}. */
    public VllmWeightPublisher(VllmFleet fleet) {
        this.fleet = fleet;
    }

    @Override
    public void publish(Path modelDirectory, WeightVersion version) {
        VllmFleet.awaitAll(fleet.clients().stream()
                .map(client -> publish(client, modelDirectory, version))
                .toList());
    }

    private static CompletableFuture<WeightVersion> publish(
            VllmClient client, Path modelDirectory, WeightVersion version) {
        CompletableFuture<JsonNode> loaded = client.pause()
                .thenCompose(paused -> client.reloadWeights(modelDirectory))
                .thenCompose(reloaded -> client.resetPrefixCache())
                .thenCompose(reset -> client.updateWeightVersion(version));
        // Resumed after a failure too: a server must never stay paused for ever.
        CompletableFuture<JsonNode> resumed =
                loaded.handle((named, failure) -> client).thenCompose(VllmClient::resume);
        return loaded.thenCombine(resumed, (named, running) -> client)
                .thenCompose(VllmClient::weightVersion)
                .thenApply(served -> requireVersion(client, served, version));
    }

    private static WeightVersion requireVersion(
            VllmClient client, Optional<WeightVersion> served, WeightVersion version) {
        if (!served.equals(Optional.of(version))) {
            throw RlhfException.resource(
                    client + " was given weights " + version.text() + " and says it has "
                            + served.map(WeightVersion::text).orElse("none"),
                    null);
        }
        return version;
    }
}
