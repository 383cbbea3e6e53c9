package dev.rlhf.actors.ray;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A place for one actor, on whichever node has its resources to spare.
 *
 * @param role role of the actors it is for, e.g. {@code learner}
 * @param resources how much of each of Ray's resources the actor reserves, each above 0: {@code CPU}, {@code GPU}, or one that only nodes of
 *     a sort offer
 */
public record ActorPlace(String role, Map<String, Double> resources) {
    /** Keeps its own copy of {@code resources}. */
    public ActorPlace {
        resources = Map.copyOf(resources);
    }

    /** What it asks of a node, e.g. {@code 0.1 CPU and 1.0 GPU}. */
    String words() {
        return new TreeMap<>(resources)
                .entrySet().stream()
                        .map(share -> share.getValue() + " " + share.getKey())
                        .collect(Collectors.joining(" and "));
    }
}
