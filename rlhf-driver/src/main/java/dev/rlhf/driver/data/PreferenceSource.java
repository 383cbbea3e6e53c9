package dev.rlhf.driver.data;

import dev.rlhf.core.loop.ExampleSource;
import dev.rlhf.core.loop.PreferencePair;
import java.util.List;

/**
 * Preference pairs to train on and pairs kept for evaluation.
 *
 * @param train endless training pairs
 * @param heldOut pairs for evaluation, perhaps none
 */
public record PreferenceSource(ExampleSource train, List<PreferencePair> heldOut) {}
