package dev.rlhf.driver.generation.vllm;

import dev.rlhf.actors.GenerationPlace;
import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.GenerationKind;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * vLLM servers that somebody else started.
 *
 * @param endpoints addresses of the servers, e.g. [http://gpu-1:8000]
 * @param modelName name the servers give the policy (--served-model-name)
 * @param largestGap largest difference between what server and learner say of one token, in nats, before the run stops; a
 *     server that computes in bfloat16 needs more
 */
@Block(value = "generation", kinds = "vllm")
public record Vllm(
        @Changeable List<URI> endpoints,
        @Changeable String modelName,
        @Changeable @Range(above = 0) double largestGap) implements GenerationKind {
    /** Keeps its own copy of {@code endpoints}; throws USER when there is none. */
    public Vllm {
        endpoints = List.copyOf(endpoints);
        KeyException.require(!endpoints.isEmpty(), "endpoints", "must name at least one server");
    }

    @Override
    public GenerationPlace place(Path base, int actor, int actors) {
        if (endpoints.size() < actors) {
            throw RlhfException.user("actors.rollout is " + actors + ", but generation.endpoints names only "
                    + endpoints.size() + " servers; each rollout actor needs one of its own");
        }
        List<URI> own = IntStream.range(0, endpoints.size())
                .filter(i -> i % actors == actor)
                .mapToObj(endpoints::get)
                .toList();
        return new GenerationPlace.Remote(own, modelName);
    }

    @Override
    public int servers(int actors) {
        return endpoints.size();
    }

    @Override
    public boolean ours() {
        return false;
    }

    /** A server that loads a large model takes minutes, one that is not there all of the deadline. */
    @Override
    public Optional<String> waiting() {
        return Optional.of("waiting for the generation servers " + endpoints
                + "; what they answer stands in rlhf.log, how long is waited in deadline-seconds");
    }

    @Override
    public Optional<String> doubt() {
        return Optional.empty();
    }

    /** Where vLLM's own key stands. */
    @Override
    public Optional<String> keyVariable() {
        return Optional.of("VLLM_API_KEY");
    }

    @Override
    public String words() {
        return "external servers with vLLM's API";
    }
}
