package dev.rlhf.rollout;

import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.rollout.ServerNeeds;
import dev.rlhf.core.sync.WeightSnapshot;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import okhttp3.OkHttpClient;

/** The generation servers of one rollout actor, over shared connections, and the weights they hold. */
public final class VllmFleet implements AutoCloseable {
    private final OkHttpClient http;
    private final ServerSettings settings;
    private final List<Endpoint> endpoints;
    private final ExecutorService threads;

    /**
     * Connects to servers and waits until each is healthy.
     *
     * @throws RlhfException RESOURCE naming the server that is not healthy in time
     */
    public VllmFleet(ServerSettings settings) {
        this.settings = settings;
        this.http = HttpCalls.connections(settings.deadline());
        this.endpoints = settings.endpoints().stream()
                .map(endpoint -> new Endpoint(new VllmClient(http, endpoint, settings)))
                .toList();
        this.threads = Executors.newFixedThreadPool(endpoints.size(), VllmFleet::thread);
        Deadline deadline = Deadline.in(settings.deadline());
        try {
            each(endpoint -> {
                VllmClient client = endpoint.client();
                return client.repetition("GET /health", deadline).of(() -> {
                    client.health(deadline);
                    return client;
                });
            });
        } catch (RlhfException unhealthy) {
            close();
            throw unhealthy;
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "generation-server");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Has every server show that it can do what a run will ask of it.
     *
     * @throws RlhfException RESOURCE naming the server and how to start it, USER where the recipe asks for what no server does
     */
    public void require(ServerNeeds needs, Deadline deadline) {
        each(endpoint -> {
            ServerCheck.of(endpoint.client(), needs, deadline);
            return endpoint;
        });
    }

    /**
     * Gives every server {@code weights}, also one that has them.
     *
     * @return largest difference between what a server and the canary say of a token, in nats
     * @throws RlhfException RESOURCE naming the server that does not have the weights, or did not answer in time
     */
    public double publish(WeightSnapshot weights, Deadline deadline) {
        return each(endpoint -> endpoint.publish(weights, deadline)).stream()
                .mapToDouble(gap -> gap)
                .max()
                .orElse(0);
    }

    /** Gives {@code weights} to those servers that do not hold them. */
    void ensure(WeightSnapshot weights, Deadline deadline) {
        each(endpoint -> endpoint.holds(weights.version(), deadline) ? 0 : endpoint.publish(weights, deadline));
    }

    /** Which servers hold a version, in their order. */
    List<Boolean> holding(WeightVersion version, Deadline deadline) {
        return each(endpoint -> endpoint.holds(version, deadline));
    }

    /** What is known of each server, in their order; may be asked at any moment. */
    public List<ServerState> states() {
        return endpoints.stream().map(Endpoint::state).toList();
    }

    ServerSettings settings() {
        return settings;
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    /** What {@code work} gives for each server, side by side, in the servers' order; a failure waits for the others. */
    <T> List<T> each(Function<Endpoint, T> work) {
        return awaitAll(endpoints.stream()
                .map(endpoint -> CompletableFuture.supplyAsync(() -> work.apply(endpoint), threads))
                .toList());
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
            throw Repetition.known(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
