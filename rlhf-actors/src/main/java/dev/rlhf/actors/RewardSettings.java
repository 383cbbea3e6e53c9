package dev.rlhf.actors;

import java.util.List;

/**
 * What a reward actor scores by.
 *
 * @param jars absolute paths of the jars with a user's kinds of reward, which the actor must see under the same path
 * @param maxTokens token budget of a completion
 * @param terms terms of the reward, at least one
 */
public record RewardSettings(List<String> jars, int maxTokens, List<RewardTerm> terms) {
    /** Keeps its own copies. */
    public RewardSettings {
        jars = List.copyOf(jars);
        terms = List.copyOf(terms);
    }
}
