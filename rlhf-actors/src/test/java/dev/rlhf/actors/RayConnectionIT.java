package dev.rlhf.actors;

import static dev.rlhf.testing.Failures.assertFails;

import dev.rlhf.actors.ray.RayRuntime;
import dev.rlhf.core.base.ErrorKind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What hinders a run from using a cluster is told by name, in time. */
class RayConnectionIT {
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final byte[] NOTHING = {};

    @Test
    void anotherVersionOfRayIsRefusedNamingBoth() {
        Path oldest = RayTestCluster.environment("ray.oldest.environment");
        String address = RayTestCluster.CLUSTER.address();
        assertFails(
                () -> RayTestCluster.connect(RayTestCluster.job(address, 0.1, SHORT), oldest),
                ErrorKind.USER,
                address,
                "is version 2.60.0",
                "is version 2.39.0",
                "pip install 'ray[default]==2.60.0'");
    }

    @Test
    void anAddressWhereNothingAnswersIsNamed() {
        assertFails(
                () -> RayTestCluster.connect(RayTestCluster.job("127.0.0.1:1", 0.1, SHORT)),
                ErrorKind.RESOURCE,
                "no Ray cluster answers at 127.0.0.1:1",
                "ray start --head");
    }

    @Test
    void anActorThatNoNodeHasRoomForIsNamedWithWhatItWaitsFor() {
        try (RayRuntime runtime =
                RayTestCluster.connect(RayTestCluster.job(RayTestCluster.CLUSTER.address(), 1000, SHORT))) {
            ActorHandle actor = runtime.spawn(TestActor.ROLE, "too-large", NOTHING);
            assertFails(
                    () -> actor.ask(TestActor.ECHO, NOTHING, ActorRuntimeContract.PATIENCE),
                    ErrorKind.RESOURCE,
                    "actor too-large did not start within 10 s",
                    "1000.0 CPU",
                    "with 2.0 CPU");
        }
    }
}
