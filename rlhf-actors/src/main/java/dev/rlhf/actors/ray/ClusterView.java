package dev.rlhf.actors.ray;

import io.ray.api.Ray;
import io.ray.api.id.ActorId;
import io.ray.api.runtimecontext.RuntimeContext;
import java.util.stream.Collectors;

/** What the cluster says of itself, for messages. */
final class ClusterView {
    private static final String CPU = "CPU";

    private ClusterView() {}

    /** What an actor that does not start waits for. */
    static String whyPending(ActorId actor, RayJob job) {
        RuntimeContext context = Ray.getRuntimeContext();
        String state = context.getAllActorInfo().stream()
                .filter(info -> info.actorId.equals(actor))
                .map(info -> info.state.getName())
                .findFirst()
                .orElse("unknown");
        String nodes = context.getAllNodeInfo().stream()
                .filter(node -> node.isAlive)
                .map(node -> node.nodeAddress + " with " + node.resources.getOrDefault(CPU, 0.0) + " CPU")
                .collect(Collectors.joining(", "));
        return "Ray calls it " + state + "; each of the " + job.actors() + " actors waits for " + job.cpusPerActor()
                + " CPU (ray.cpus-per-actor), and the nodes are " + nodes
                + "; where that is enough, its process cannot start: java must be on the PATH of ray start, and rlhf and Ray"
                + " at the same place on every node";
    }
}
