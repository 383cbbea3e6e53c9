package dev.rlhf.rollout;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to speak to generation servers.
 *
 * @param endpoints their addresses, e.g. {@code http://gpu-1:8000}, at least one
 * @param modelName name they give the policy
 * @param apiKey key they ask for, never printed; empty for none
 * @param endTokens every token that ends a completion
 * @param deadline longest wait for all that one call asks of them
 */
public record ServerSettings(
        List<URI> endpoints, String modelName, Optional<String> apiKey, List<Integer> endTokens, Duration deadline) {
    /** Keeps its own copies. */
    public ServerSettings {
        endpoints = List.copyOf(endpoints);
        endTokens = List.copyOf(endTokens);
    }

    @Override
    public String toString() {
        return "ServerSettings[endpoints=" + endpoints + ", modelName=" + modelName + "]";
    }
}
