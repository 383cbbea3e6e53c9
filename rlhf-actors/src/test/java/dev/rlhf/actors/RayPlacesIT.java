package dev.rlhf.actors;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.actors.ray.ActorPlace;
import dev.rlhf.actors.ray.RayJob;
import dev.rlhf.actors.ray.RayRuntime;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.testing.ray.Hosts;
import dev.rlhf.testing.ray.LocalRayCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Actors live where the resources of their role are, and elsewhere when their node is lost. */
class RayPlacesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(150);
    private static final byte[] NOTHING = {};
    private static final double CPUS = 0.1;
    private static final double SLIVER = 0.01;

    @Test
    void everyRoleLivesOnTheNodesThatHaveItsResources() {
        List<ActorPlace> places =
                List.of(on("test", "node-1"), on("placed", "node-0"), on("placed", "node-0"), on("placed", "node-1"));
        try (RayRuntime runtime = RayTestCluster.connect(job(RayTestCluster.CLUSTER, places))) {
            List<String> nodes = List.of("a", "b", "c").stream()
                    .map(name -> runtime.spawn(PlacedActor.ROLE, name, NOTHING))
                    .map(RayPlacesIT::node)
                    .toList();

            assertThat(nodes.get(0)).isEqualTo(nodes.get(1)).isNotEqualTo(nodes.get(2));
            assertFails(
                    () -> runtime.spawn(PlacedActor.ROLE, "one too many", NOTHING),
                    ErrorKind.BUG,
                    "no place left for a placed, one too many is one too many");
        }
    }

    @Test
    void aResourceThatNoNodeHasIsNamed() {
        RayJob job =
                new RayJob(RayTestCluster.CLUSTER.address(), 256, List.of(on("placed", "GPU")), Duration.ofSeconds(10));
        try (RayRuntime runtime = RayTestCluster.connect(job)) {
            ActorHandle actor = runtime.spawn(PlacedActor.ROLE, "without", NOTHING);
            assertFails(
                    () -> actor.ask(PlacedActor.NODE, NOTHING, PATIENCE),
                    ErrorKind.RESOURCE,
                    "actor without did not start within 10 s: it waits for 0.1 CPU and 0.01 GPU",
                    "runtime.placed",
                    "with 2.0 CPU and 0.0 GPU");
        }
    }

    @Test
    void theActorsOfALostNodeComeBackOnAnotherOne() {
        try (LocalRayCluster own = LocalRayCluster.start(RayTestCluster.ENVIRONMENT, 2, 2, Hosts.byAddress())) {
            List<ActorPlace> places = List.of(on("placed", "node-0"), new ActorPlace("placed", Map.of("CPU", CPUS)));
            try (RayRuntime runtime = RayTestCluster.connect(job(own, places))) {
                ActorHandle here = runtime.spawn(PlacedActor.ROLE, "here", NOTHING);
                ActorHandle there = runtime.spawn(PlacedActor.ROLE, "there", NOTHING);
                assertThat(node(there)).as("spread over the nodes").isNotEqualTo(node(here));

                own.killNode(1);

                assertThat(nodeAfterLoss(there)).isEqualTo(node(here));
            }
        }
    }

    private static ActorPlace on(String role, String resource) {
        return new ActorPlace(role, Map.of("CPU", CPUS, resource, SLIVER));
    }

    private static RayJob job(LocalRayCluster cluster, List<ActorPlace> places) {
        return new RayJob(cluster.address(), 256, places, PATIENCE);
    }

    private static String node(ActorHandle actor) {
        return new String(actor.ask(PlacedActor.NODE, NOTHING, PATIENCE), StandardCharsets.UTF_8);
    }

    /** The first call says that the actor was lost, as the driver expects it; the next one waits until it is back. */
    private static String nodeAfterLoss(ActorHandle actor) {
        try {
            return node(actor);
        } catch (RlhfException failure) {
            assertThat(ActorLost.caused(failure)).as(failure.toString()).isTrue();
            return node(actor);
        }
    }
}
