package dev.rlhf.driver.stage;

import dev.rlhf.core.base.WeightVersion;
import org.jspecify.annotations.Nullable;

/**
 * What a stage came to.
 *
 * @param accuracy mean of the evaluation's rule over held-out prompts, or null
 * @param pairAccuracy share of held-out pairs ranked right, or null
 * @param version weights the generation servers hold now
 */
public record StageScores(
        @Nullable Double accuracy, @Nullable Double pairAccuracy, WeightVersion version) {}
