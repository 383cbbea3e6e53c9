package dev.rlhf.actors;

import dev.rlhf.actors.ray.ActorPlace;
import dev.rlhf.actors.ray.RayJob;
import dev.rlhf.actors.ray.RayRuntime;
import dev.rlhf.actors.ray.RayWheel;
import dev.rlhf.testing.ray.LocalRayCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One real cluster of two nodes for all tests of this process; it ends with the process. */
final class RayTestCluster {
    static final Path ENVIRONMENT = environment("ray.tested.environment");
    static final LocalRayCluster CLUSTER = LocalRayCluster.start(ENVIRONMENT, 2, 2);

    /** More actors of each role than the tests of one class start. */
    private static final int PLACES = 30;

    private RayTestCluster() {}

    static RayRuntime connect() {
        return connect(job(CLUSTER.address(), 0.05, Duration.ofSeconds(90)));
    }

    static RayRuntime connect(RayJob job) {
        return connect(job, ENVIRONMENT);
    }

    static RayRuntime connect(RayJob job, Path environment) {
        return RayRuntime.connect(new RayWheel(environment.resolve("bin/python")), job);
    }

    static RayJob job(String address, double cpusPerActor, Duration startDeadline) {
        List<ActorPlace> places = Stream.of(TestActor.ROLE, PlacedActor.ROLE)
                .flatMap(role ->
                        Collections.nCopies(PLACES, new ActorPlace(role.name(), Map.of("CPU", cpusPerActor))).stream())
                .toList();
        return new RayJob(address, 256, places, startDeadline);
    }

    /** The folder that {@code make test} names; without it there is nothing to test with, which is a failure. */
    static Path environment(String property) {
        Path folder = Path.of(System.getProperty(property, "nowhere"));
        if (!folder.resolve("ready").toFile().exists()) {
            throw new IllegalStateException(
                    property + " is " + folder + ", which tools/ray/environment.sh has not made; run make test");
        }
        return folder;
    }
}
