package dev.rlhf.core.loop;

import java.util.List;

/**
 * Preference pairs in their two parts.
 *
 * @param train what is trained on, never empty
 * @param heldOut what is kept for evaluation, perhaps none
 */
public record PreferencePairs(List<PreferencePair> train, List<PreferencePair> heldOut) {
    /** Keeps its own copies. */
    public PreferencePairs {
        train = List.copyOf(train);
        heldOut = List.copyOf(heldOut);
    }
}
