package dev.rlhf.actors;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rollout actor needs.
 *
 * @param place its generation servers
 * @param endTokens every token that ends a completion
 * @param apiKey key the servers ask for, never printed; null for none
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

    /** These settings as the actor's constructor takes them. */
    public byte[] bytes() {
        return Wire.write(this);
    }

    @Override
    public String toString() {
        return "RolloutSettings[place=" + place + "]";
    }
}
