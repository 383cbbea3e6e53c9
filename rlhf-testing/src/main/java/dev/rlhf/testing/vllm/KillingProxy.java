package dev.rlhf.testing.vllm;

import dev.rlhf.testing.FaultyProxy;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes requests on to a server, and kills that server when a certain request comes by. */
public final class KillingProxy implements AutoCloseable {
    private final LocalVllm server;
    private final Plan plan;
    private final ExecutorService killer = Executors.newSingleThreadExecutor();
    private final AtomicInteger seen = new AtomicInteger();
    private final AtomicInteger kills = new AtomicInteger();
    private final FaultyProxy proxy;

    /**
     * When to kill.
     *
     * @param path route of the request, e.g. {@code /v1/completions}
     * @param marker what its body contains, which others' do not
     * @param count how many such requests must have come, this one included
     * @param silent whether the request is held until the new process is there, and then passed to that one; else it is passed on
     *     and its server killed while it works
     */
    public record Plan(String path, String marker, int count, boolean silent) {}

    private KillingProxy(LocalVllm server, Plan plan) {
        this.server = server;
        this.plan = plan;
        this.proxy = FaultyProxy.before(server.endpoint(), (path, body) -> {
            meet(path, body);
            return Optional.of(body);
        });
    }

    /** Listens before {@code server}. */
    public static KillingProxy before(LocalVllm server, Plan plan) {
        return new KillingProxy(server, plan);
    }

    /** Its address. */
    public URI endpoint() {
        return proxy.endpoint();
    }

    /** How often it has killed. */
    public int kills() {
        return kills.get();
    }

    private void meet(String path, String body) {
        boolean due =
                path.equals(plan.path()) && body.contains(plan.marker()) && seen.incrementAndGet() == plan.count();
        if (due && plan.silent()) {
            kills.incrementAndGet();
            server.killAndRestart();
            server.awaitHealthy();
        } else if (due) {
            killer.execute(() -> {
                kills.incrementAndGet();
                server.killAndRestart();
            });
        }
    }

    @Override
    public void close() {
        proxy.close();
        killer.shutdownNow();
    }
}
