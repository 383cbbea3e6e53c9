package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;

/**
 * When to write checkpoints and how many to keep.
 *
 * @param everySteps steps between two checkpoints
 * @param keep newest checkpoints kept
 */
@Block("checkpoint")
public record CheckpointRecipe(
        @Range(min = 1) int everySteps, @Range(min = 1) int keep) {}
