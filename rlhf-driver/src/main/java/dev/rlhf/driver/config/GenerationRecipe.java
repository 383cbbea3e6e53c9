package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server that draws samples. */
public sealed interface GenerationRecipe {
    /** Largest difference between what server and learner say of one token before a run stops, in nats. */
    double largestGap();

    /**
     * Our own server, inside each rollout actor.
     *
     * @param maxBatch most sequences decoded together
     * @param threads intra-op threads of each server; part of the result's identity. More cores are better used by more
     *     rollout actors
     * @param contextLength optional: most tokens of prompt and response together, which bounds the memory of keys and
     *     values; null is what the model can
     * @param largestGap largest difference between what server and learner say of one token, in nats, before the run stops
     */
    @Block(value = "generation", kinds = "embedded")
    record Embedded(
            @Range(min = 1) int maxBatch,
            @Range(min = 1, max = 256) int threads,
            @Range(min = 1) @Nullable Integer contextLength,
            @Range(above = 0) double largestGap)
            implements GenerationRecipe {}

    /**
     * vLLM servers that somebody else started.
     *
     * @param endpoints addresses of the servers, e.g. [http://gpu-1:8000]
     * @param modelName name the servers give the policy (--served-model-name)
     * @param largestGap largest difference between what server and learner say of one token, in nats, before the run stops;
     *     a server that computes in bfloat16 needs more
     */
    @Block(value = "generation", kinds = "vllm")
    record Vllm(
            List<URI> endpoints,
            String modelName,
            @Range(above = 0) double largestGap) implements GenerationRecipe {
        /** Keeps its own copy of {@code endpoints}; throws USER when there is none. */
        public Vllm {
            endpoints = List.copyOf(endpoints);
            RecipeChecks.require(!endpoints.isEmpty(), "endpoints", "must name at least one server");
        }
    }
}
