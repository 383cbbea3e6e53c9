package dev.rlhf.actors;

import java.util.List;

/**
 * What a reward actor scores by.
 *
 * @param criteria terms of the reward, at least one
 */
public record RewardSettings(List<CriterionSettings> criteria) {
    /** Keeps its own copy of {@code criteria}. */
    public RewardSettings {
        criteria = List.copyOf(criteria);
    }
}
