package dev.rlhf.actors.ray;

import io.ray.api.Ray;
import io.ray.api.id.ActorId;
import io.ray.api.runtimecontext.ActorState;
import java.util.stream.Collectors;

/** What the cluster says of itself, for messages. */
final class ClusterView {
    private static final String CPU = "CPU";

    private ClusterView() {}

    /** Whether Ray has ended an actor for good, as it does when the driver's own node is lost. */
    static boolean gaveUp(ActorId actor) {
        return state(actor) == ActorState.DEAD;
    }

    /** What an actor that does not start waits for. */
    static String whyAbsent(ActorId actor, RayJob job) {
        if (gaveUp(actor)) {
            return "Ray has ended it for good, as it does when it loses the node that the driver runs on";
        }
        String nodes = Ray.getRuntimeContext().getAllNodeInfo().stream()
                .filter(node -> node.isAlive)
                .map(node -> node.nodeAddress + " with " + node.resources.getOrDefault(CPU, 0.0) + " CPU")
                .collect(Collectors.joining(", "));
        return "each of the " + job.actors() + " actors waits for " + job.cpusPerActor()
                + " CPU (runtime.cpus-per-actor), and the nodes are " + nodes
                + "; where that is enough, its process cannot start: java must be on the PATH of ray start, and rlhf and Ray"
                + " at the same place on every node";
    }

    private static ActorState state(ActorId actor) {
        return Ray.getRuntimeContext().getAllActorInfo().stream()
                .filter(info -> info.actorId.equals(actor))
                .map(info -> info.state)
                .findFirst()
                .orElse(ActorState.PENDING_CREATION);
    }
}
