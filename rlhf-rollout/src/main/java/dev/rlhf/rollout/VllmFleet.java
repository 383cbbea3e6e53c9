package dev.rlhf.rollout;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import okhttp3.OkHttpClient;

/** The generation servers of one rollout actor, over shared connections. */
public final class VllmFleet implements AutoCloseable {
    private final OkHttpClient http;
    private final List<VllmClient> clients;

    /**
     * Connects to servers and waits until each is healthy.
     *
     * @param endpoints addresses, at least one
     * @param modelName name the servers give the policy
     * @param deadline longest wait for any one answer, retries included
     * @throws RlhfException RESOURCE naming the server that is not healthy in time
     */
    public VllmFleet(List<URI> endpoints, String modelName, Duration deadline) {
        this.http = VllmClient.connections(deadline);
        this.clients = endpoints.stream()
                .map(endpoint -> new VllmClient(http, endpoint, modelName, deadline))
                .toList();
        clients.forEach(client -> await(client.health()));
    }

    /** Whether every server says that it has {@code version}. */
    public boolean serves(WeightVersion version) {
        return clients.stream()
                .map(VllmClient::weightVersion)
                .map(VllmFleet::await)
                .allMatch(served -> served.equals(Optional.of(version)));
    }

    List<VllmClient> clients() {
        return clients;
    }

    /** The answer, or the failure it ended with; every request has a deadline of its own. */
    static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RlhfException failure) {
                throw failure;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
