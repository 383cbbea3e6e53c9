package dev.rlhf.actors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.actors.ray.RayRuntime;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class RayRuntimeIT extends ActorRuntimeContract {
    private static Optional<RayRuntime> open = Optional.empty();

    @AfterAll
    static void close() {
        open.ifPresent(RayRuntime::close);
        open = Optional.empty();
    }

    @Override
    protected ActorRuntime runtime() {
        if (open.isEmpty()) {
            open = Optional.of(RayTestCluster.connect());
        }
        return open.get();
    }

    /** A process has one connection to Ray at a time. */
    @Override
    protected ActorRuntime another() {
        close();
        return RayTestCluster.connect();
    }

    @Test
    void actorsAreSpreadOverTheNodes() {
        Set<String> nodes = IntStream.range(0, 4)
                .mapToObj(i -> runtime().spawn(PlacedActor.ROLE, "placed-" + i, new byte[0]))
                .map(actor -> actor.call(PlacedActor.NODE, new byte[0], PATIENCE))
                .toList()
                .stream()
                .map(node -> new String(ActorHandle.await(node), StandardCharsets.UTF_8))
                .collect(Collectors.toSet());
        assertThat(nodes).hasSize(2);
    }
}
