package dev.rlhf.actors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.actors.ray.RayRuntime;
import dev.rlhf.core.base.RlhfException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

    /** A call that meets the loss counts it; where none did, the next answer tells. */
    @Test
    void aProcessThatEndsWhileNobodyAsksItIsCountedOnce() {
        ActorHandle actor = runtime().spawn(PlacedActor.ROLE, "left-alone", new byte[0]);
        long first = process(actor).orElseThrow();
        ProcessHandle process = ProcessHandle.of(first).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();

        // After a loss, a call waits until the actor is there.
        long second = Stream.generate(() -> process(actor))
                .limit(5)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow();

        assertThat(second).isNotEqualTo(first);
        assertThat(actor.vitals().place()).contains("process " + second + " on node ");
        assertThat(actor.restarts()).isEqualTo(1);
    }

    /** Empty where the call met a loss. */
    private static Optional<Long> process(ActorHandle actor) {
        try {
            byte[] said = ActorHandle.await(actor.call(PlacedActor.PROCESS, new byte[0], PATIENCE));
            return Optional.of(Long.parseLong(new String(said, StandardCharsets.UTF_8)));
        } catch (RlhfException failure) {
            assertThat(ActorLost.caused(failure)).isTrue();
            return Optional.empty();
        }
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
