package dev.rlhf.actors;

import dev.rlhf.rollout.ServerSettings;
import dev.rlhf.rollout.VllmFleet;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a rollout actor needs.
 *
 * @param place its generation servers
 * @param endTokens every token that ends a completion
 * @param apiKey key that servers of somebody else ask for, never printed; null for none
 * @param deadlineSeconds longest wait until its servers are healthy, in seconds
 */
public record RolloutSettings(
        GenerationPlace place,
        List<Integer> endTokens,
        @Nullable String apiKey,
        int deadlineSeconds) {
    /** Keeps its own copy of {@code endTokens}. */
    public RolloutSettings {
        endTokens = List.copyOf(endTokens);
    }

    /** Servers at {@code endpoints}, asked as these settings say, with the key that they take. */
    VllmFleet fleet(List<URI> endpoints, String modelName, Optional<String> key) {
        return new VllmFleet(
                new ServerSettings(endpoints, modelName, key, endTokens, Duration.ofSeconds(deadlineSeconds)));
    }

    /** These settings as the actor's constructor takes them. */
    public byte[] bytes() {
        return Wire.write(this);
    }

    @Override
    public String toString() {
        return "RolloutSettings[place=" + place + "]";
    }
}
