package dev.rlhf.actors;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The generation servers of a rollout actor. */
public sealed interface GenerationPlace {
    /**
     * A server of the actor's own.
     *
     * @param modelDirectory model it starts with
     * @param maxBatch most sequences decoded together
     * @param threads intra-op threads
     * @param contextLength most tokens of prompt and response together; null for what the model can
     */
    record Embedded(
            String modelDirectory,
            int maxBatch,
            int threads,
            @Nullable Integer contextLength) implements GenerationPlace {}

    /**
     * Servers that somebody else started; no other actor may publish weights to them.
     *
     * @param endpoints their addresses
     * @param modelName name they give the policy
     */
    record Remote(List<URI> endpoints, String modelName) implements GenerationPlace {
        /** Keeps its own copy of {@code endpoints}. */
        public Remote {
            endpoints = List.copyOf(endpoints);
        }
    }
}
