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
        try {
            awaitAll(clients.stream().map(VllmClient::health).toList());
        } catch (RlhfException unhealthy) {
            close();
            throw unhealthy;
        }
    }

    /** Whether every server says that it has {@code version}. */
    public boolean serves(WeightVersion version) {
        return awaitAll(clients.stream().map(VllmClient::weightVersion).toList()).stream()
                .allMatch(served -> served.equals(Optional.of(version)));
    }

    List<VllmClient> clients() {
        return clients;
    }

    /**
     * All answers, in order; when there is a failure, the first one, but only after every request has ended.
     *
     * <p>Every request has a deadline of its own.
     */
    static <T> List<T> awaitAll(List<CompletableFuture<T>> answers) {
        answers.forEach(answer -> answer.handle((done, failure) -> "ended").join());
        return answers.stream().map(VllmFleet::await).toList();
    }

    private static <T> T await(CompletableFuture<T> answer) {
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
