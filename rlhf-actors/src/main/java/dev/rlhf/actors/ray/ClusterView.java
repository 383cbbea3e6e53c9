package dev.rlhf.actors.ray;

import io.ray.api.Ray;
import io.ray.api.id.ActorId;
import io.ray.api.runtimecontext.ActorState;
import io.ray.api.runtimecontext.NodeInfo;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the cluster says of itself, for messages. */
final class ClusterView {
    private ClusterView() {}

    /** Whether Ray has ended an actor for good, as it does when the driver's own node is lost. */
    static boolean gaveUp(ActorId actor) {
        return state(actor) == ActorState.DEAD;
    }

    /** What an actor that does not start waits for. */
    static String whyAbsent(ActorId actor, RayJob job, ActorPlace place) {
        if (gaveUp(actor)) {
            return "Ray has ended it for good, as it does when it loses the node that the driver runs on";
        }
        Set<String> asked = job.places().stream()
                .flatMap(one -> one.resources().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        String nodes = Ray.getRuntimeContext().getAllNodeInfo().stream()
                .filter(node -> node.isAlive)
                .map(node -> node.nodeAddress + " with " + offer(node, asked))
                .collect(Collectors.joining(", "));
        return "it waits for " + place.words() + " (runtime.cpus-per-actor, runtime." + place.role()
                + "), the run's " + job.places().size() + " actors get their places together, and the nodes are "
                + nodes
                + "; where that is enough, its process cannot start: java must be on the PATH of ray start, and rlhf and Ray"
                + " at the same place on every node";
    }

    private static String offer(NodeInfo node, Set<String> asked) {
        return asked.stream()
                .map(name -> node.resources.getOrDefault(name, 0.0) + " " + name)
                .collect(Collectors.joining(" and "));
    }

    private static ActorState state(ActorId actor) {
        return Ray.getRuntimeContext().getAllActorInfo().stream()
                .filter(info -> info.actorId.equals(actor))
                .map(info -> info.state)
                .findFirst()
                .orElse(ActorState.PENDING_CREATION);
    }
}
