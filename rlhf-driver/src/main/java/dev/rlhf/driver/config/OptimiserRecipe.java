package dev.rlhf.driver.config;

import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.driver.config.bind.Block;
import dev.rlhf.driver.config.bind.Range;

/**
 * AdamW and its schedule.
 *
 * @param learningRate peak rate
 * @param schedule shape after the warm-up
 * @param warmupSteps optimiser steps of linear growth from 0
 * @param finalFraction floor as a share of the peak
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param weightDecay decoupled decay of matrices
 * @param maxGradientNorm global norm above which gradients are scaled down
 */
@Block("optimiser")
public record OptimiserRecipe(
        @Range(above = 0) double learningRate,
        OptimiserSettings.Schedule schedule,
        @Range(min = 0) int warmupSteps,
        @Range(min = 0, max = 1) double finalFraction,
        @Range(min = 0, below = 1) double beta1,
        @Range(min = 0, below = 1) double beta2,
        @Range(above = 0) double epsilon,
        @Range(min = 0) double weightDecay,
        @Range(above = 0) double maxGradientNorm) {

    /** These settings for a run of {@code totalSteps} optimiser steps. */
    public OptimiserSettings settings(int totalSteps) {
        return new OptimiserSettings(
                learningRate,
                schedule,
                warmupSteps,
                totalSteps,
                finalFraction,
                beta1,
                beta2,
                epsilon,
                weightDecay,
                maxGradientNorm);
    }
}
