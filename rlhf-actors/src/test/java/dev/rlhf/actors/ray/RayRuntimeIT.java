package dev.rlhf.actors.ray;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.actors.ActorHandle;
import dev.rlhf.actors.ActorRole;
import dev.rlhf.testing.ray.LocalRayCluster;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RayRuntimeIT {
    private static final ActorRole PROBE = new ActorRole("probe", ProbeActor.class);
    private static LocalRayCluster cluster;

    @BeforeAll
    static void start() {
        cluster = LocalRayCluster.start(Path.of(System.getProperty("ray.environment")), 2, 2);
        System.setProperty("rlhf.ray.python", cluster.python().toString());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void echoes() {
        try (RayRuntime runtime = RayRuntime.connect(new RayJob(cluster.address(), 128, 0.1, 2, Duration.ofSeconds(60)))) {
            ActorHandle actor = runtime.spawn(PROBE, "probe-0", new byte[] {1});
            assertThat(actor.ask("echo", new byte[] {1, 2}, Duration.ofSeconds(60))).containsExactly(1, 2);
        }
    }
}
